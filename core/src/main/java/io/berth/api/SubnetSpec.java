package io.berth.api;

import java.util.Map;
import java.util.Optional;

/**
 * Addresses of a network.
 *
 * @param subnet such as {@code 172.28.0.0/16}
 * @param gateway the host's address in it; its first by default
 * @param range the part that containers get addresses of, all by default
 * @param reserved addresses that no container gets, each with a name
 */
public record SubnetSpec(
    String subnet, Optional<String> gateway, Optional<String> range, Map<String, String> reserved) {
  public SubnetSpec {
    reserved = Map.copyOf(reserved);
  }

  public static SubnetSpec of(String subnet) {
    return new SubnetSpec(subnet, Optional.empty(), Optional.empty(), Map.of());
  }

  public SubnetSpec gateway(String address) {
    return new SubnetSpec(subnet, Optional.of(address), range, reserved);
  }

  public SubnetSpec range(String part) {
    return new SubnetSpec(subnet, gateway, Optional.of(part), reserved);
  }
}
