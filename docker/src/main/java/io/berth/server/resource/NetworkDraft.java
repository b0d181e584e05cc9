package io.berth.server.resource;

import io.berth.api.CreateRequest;
import io.berth.api.NetworkMode;
import io.berth.server.http.HttpError;
import io.berth.server.wire.CreateBody;
import io.berth.server.wire.HostNetwork;

/** Says to an engine what networks a container has, and what names. */
final class NetworkDraft {
  private final CreateRequest request;
  private final HostNetwork network;

  NetworkDraft(CreateRequest request, CreateBody body) {
    this.request = request;
    this.network = body.hostConfig().network();
  }

  void fill() {
    request.network(mode(Lists.of(network.networkMode())));
    Lists.of(network.dns()).forEach(request::dns);
    Lists.of(network.dnsSearch()).forEach(request::dnsSearch);
    Lists.of(network.dnsOptions()).forEach(request::dnsOption);
    Lists.of(network.extraHosts()).forEach(this::extraHost);
  }

  private static NetworkMode mode(String mode) {
    return switch (mode) {
      // Until there are networks a container of the default one has none.
      case "", "default", "bridge" -> NetworkMode.NONE;
      default -> NetworkMode.of(mode);
    };
  }

  private void extraHost(String entry) {
    int sign = entry.indexOf(':') < 0 ? entry.indexOf('=') : entry.indexOf(':');
    if (sign < 1) {
      throw HttpError.badRequest("bad format for add-host: \"" + entry + "\"");
    }
    request.extraHost(entry.substring(0, sign), entry.substring(sign + 1));
  }
}
