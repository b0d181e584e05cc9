package io.berth.server.wire;

/** When a container is started again. */
public record RestartPolicyConfig(String name, int maximumRetryCount) {}
