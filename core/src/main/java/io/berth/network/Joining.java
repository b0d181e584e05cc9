package io.berth.network;

import io.berth.api.NetworkMode;
import io.berth.api.NetworkingSpec;
import java.nio.file.Path;
import java.util.List;

/**
 * A container that is to be connected as it starts.
 *
 * @param id 64 hexadecimal digits
 * @param directory the container's, where its monitor keeps its files
 * @param exposed ports, such as {@code 80/tcp}
 * @param dns name servers in place of the host's
 */
public record Joining(
    String id,
    String name,
    String hostname,
    Path directory,
    NetworkMode mode,
    NetworkingSpec networking,
    List<String> exposed,
    List<String> dns) {
  public Joining {
    exposed = List.copyOf(exposed);
    dns = List.copyOf(dns);
  }

  String shortId() {
    return id.substring(0, 12);
  }
}
