package io.berth.server.wire;

/** The weight of one block device. */
public record WeightDevice(String path, long weight) {}
