package io.berth.net.driver;

import java.net.InetAddress;

/**
 * A port of this host that leads to one of a container.
 *
 * @param protocol by its number: 6 TCP, 17 UDP, 132 SCTP
 * @param hostAddress all zeros for any of this host's
 * @param target of the same version of IP
 */
public record PortForward(
    int protocol, InetAddress hostAddress, int hostPort, InetAddress target, int targetPort) {}
