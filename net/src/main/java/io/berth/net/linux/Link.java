package io.berth.net.linux;

import java.util.Optional;

/**
 * A network interface.
 *
 * @param kind such as {@code bridge} or {@code veth}; empty for hardware and loopback
 * @param alias the remark that was put on it
 * @param master the index of the bridge that it is a port of
 */
public record Link(
    int index,
    String name,
    Optional<String> kind,
    Optional<String> alias,
    Optional<Integer> master,
    int mtu,
    boolean up) {}
