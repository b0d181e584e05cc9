package io.berth.network;

import io.berth.api.Network;
import io.berth.api.NetworkMode;
import io.berth.api.NetworkRequest;
import io.berth.api.NetworkSpec;
import io.berth.api.SubnetSpec;
import io.berth.error.InvalidInputException;
import io.berth.net.bridge.BridgeDriver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** Collects what a network is to be, and checks it as it comes. */
final class DefaultNetworkRequest implements NetworkRequest {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
  private static final int MOST = 200;

  private final String name;
  private final BiFunction<String, NetworkSpec, Network> create;
  private final List<SubnetSpec> subnets = new ArrayList<>();
  private final Map<String, String> options = new LinkedHashMap<>();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private String driver = BridgeDriver.NAME;
  private boolean internal;
  private boolean ipv6;

  DefaultNetworkRequest(String name, BiFunction<String, NetworkSpec, Network> create) {
    if (!NAME.matcher(name).matches() || name.length() > MOST) {
      throw new InvalidInputException(
          "Invalid network name \""
              + name
              + "\": expected letters, digits and _ . - only, beginning with a letter or digit");
    }
    if (NetworkMode.of(name).isDefault()) {
      throw new InvalidInputException(
          "Invalid network name \"default\": it stands for the network bridge");
    }
    this.name = name;
    this.create = create;
  }

  @Override
  public NetworkRequest driver(String name) {
    this.driver = name;
    return this;
  }

  @Override
  public NetworkRequest internal(boolean internal) {
    this.internal = internal;
    return this;
  }

  @Override
  public NetworkRequest ipv6(boolean on) {
    this.ipv6 = on;
    return this;
  }

  @Override
  public NetworkRequest subnet(SubnetSpec subnet) {
    subnets.add(Subnets.check(subnet));
    return this;
  }

  @Override
  public NetworkRequest option(String name, String value) {
    options.put(name, value);
    return this;
  }

  @Override
  public NetworkRequest label(String name, String value) {
    labels.put(name, value);
    return this;
  }

  @Override
  public Network execute() {
    boolean hasIpv6 = ipv6 || subnets.stream().anyMatch(s -> s.subnet().indexOf(':') >= 0);
    return create.apply(name, new NetworkSpec(driver, internal, hasIpv6, subnets, options, labels));
  }
}
