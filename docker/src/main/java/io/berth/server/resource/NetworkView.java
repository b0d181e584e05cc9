package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.server.api.ApiVersion;
import io.berth.server.wire.EndpointSettings;
import io.berth.server.wire.NetworkDetails;
import io.berth.server.wire.NetworkDetails.LegacyAddresses;
import io.berth.server.wire.PublishedPortSummary;
import java.util.List;
import java.util.Map;

/** The networks and ports of containers as dockerd shows them. */
final class NetworkView {
  private NetworkView() {}

  static NetworkDetails details(Container container, ApiVersion version) {
    boolean legacy = version.below(52);
    return new NetworkDetails(
        legacy ? "" : null,
        "",
        "",
        Map.of(),
        legacy ? new LegacyAddresses(false, "", 0, null, null, "", "", "", 0, "", 0, "", "") : null,
        endpoints(container));
  }

  static Map<String, EndpointSettings> endpoints(Container container) {
    String name = container.spec().sandbox().network().toString();
    return name.startsWith("container:") ? Map.of() : Map.of(name, empty());
  }

  private static EndpointSettings empty() {
    return new EndpointSettings(null, null, null, "", null, 0, "", "", "", "", 0, "", "", 0, null);
  }

  static List<PublishedPortSummary> ports(Container container) {
    return List.of();
  }
}
