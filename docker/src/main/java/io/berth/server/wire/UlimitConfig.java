package io.berth.server.wire;

/** A resource limit of processes. */
public record UlimitConfig(String name, long hard, long soft) {}
