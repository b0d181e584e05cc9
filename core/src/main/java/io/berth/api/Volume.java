package io.berth.api;

import java.time.Instant;
import java.util.Map;

/**
 * A volume: data that outlives containers.
 *
 * @param driver {@code local}, or the name of another one
 * @param mountpoint where it is on this host; empty when only its driver knows, while it is mounted
 * @param options that it was made with
 */
public record Volume(
    String name,
    String driver,
    String mountpoint,
    Instant created,
    Map<String, String> labels,
    Map<String, String> options) {

  /** The label of volumes that were made without a name. */
  public static final String ANONYMOUS = "com.docker.volume.anonymous";

  public Volume {
    labels = Map.copyOf(labels);
    options = Map.copyOf(options);
  }

  public boolean isAnonymous() {
    return labels.containsKey(ANONYMOUS);
  }
}
