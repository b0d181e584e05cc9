package io.berth.net.linux;

import io.berth.net.Cidr;
import java.util.Optional;

/**
 * A route of the host.
 *
 * @param destination {@code 0.0.0.0/0} or {@code ::/0} for the default route
 * @param link the index of the interface it leads to
 */
public record Route(Cidr destination, Optional<Integer> link) {}
