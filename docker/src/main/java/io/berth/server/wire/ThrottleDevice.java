package io.berth.server.wire;

/** A limit of one block device. */
public record ThrottleDevice(String path, long rate) {}
