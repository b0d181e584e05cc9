package io.berth.network;

import io.berth.api.ConnectRequest;
import io.berth.api.NetworkAttachment;
import java.util.function.Consumer;

/** Collects how a container is to be connected. */
final class DefaultConnectRequest implements ConnectRequest {
  private final Consumer<NetworkAttachment> connect;
  private NetworkAttachment attachment;

  DefaultConnectRequest(String network, Consumer<NetworkAttachment> connect) {
    this.attachment = NetworkAttachment.to(network);
    this.connect = connect;
  }

  @Override
  public ConnectRequest alias(String name) {
    attachment = attachment.alias(name);
    return this;
  }

  @Override
  public ConnectRequest link(String container, String alias) {
    attachment = attachment.link(container, alias);
    return this;
  }

  @Override
  public ConnectRequest ip(String address) {
    attachment = attachment.ip(address);
    return this;
  }

  @Override
  public ConnectRequest ip6(String address) {
    attachment = attachment.ip6(address);
    return this;
  }

  @Override
  public ConnectRequest mac(String address) {
    attachment = attachment.mac(address);
    return this;
  }

  @Override
  public void execute() {
    connect.accept(attachment);
  }
}
