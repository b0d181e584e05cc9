package io.berth.remote.container;

import io.berth.api.CreateRequest;
import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkMode;
import io.berth.api.PublishSpec;

/** The part of a request for a container that is about how it is reached, and reaches others. */
abstract class ReachableRequest implements CreateRequest {
  private final NetworkPart network = new NetworkPart();

  final NetworkPart network() {
    return network;
  }

  @Override
  public CreateRequest extraHost(String name, String address) {
    network.extraHost(name, address);
    return this;
  }

  @Override
  public CreateRequest dns(String address) {
    network.dns(address);
    return this;
  }

  @Override
  public CreateRequest dnsSearch(String domain) {
    network.dnsSearch(domain);
    return this;
  }

  @Override
  public CreateRequest dnsOption(String option) {
    network.dnsOption(option);
    return this;
  }

  @Override
  public CreateRequest network(NetworkMode mode) {
    network.mode(mode);
    return this;
  }

  @Override
  public CreateRequest network(NetworkAttachment attachment) {
    network.attach(attachment);
    return this;
  }

  @Override
  public CreateRequest networkAlias(String name) {
    network.last(a -> a.alias(name));
    return this;
  }

  @Override
  public CreateRequest ip(String address) {
    network.last(a -> a.ip(address));
    return this;
  }

  @Override
  public CreateRequest ip6(String address) {
    network.last(a -> a.ip6(address));
    return this;
  }

  @Override
  public CreateRequest mac(String address) {
    network.last(a -> a.mac(address));
    return this;
  }

  @Override
  public CreateRequest link(String container, String alias) {
    network.last(a -> a.link(container, alias));
    return this;
  }

  @Override
  public CreateRequest publish(PublishSpec port) {
    network.publish(port);
    return this;
  }

  @Override
  public CreateRequest publishAll(boolean all) {
    network.publishAll(all);
    return this;
  }
}
