package io.berth.api;

/**
 * A port of the host that leads to one of a running container.
 *
 * @param protocol {@code tcp}, {@code udp} or {@code sctp}
 * @param hostAddress {@code 0.0.0.0} or {@code ::} for all of the host's
 */
public record PublishedPort(int containerPort, String protocol, String hostAddress, int hostPort) {}
