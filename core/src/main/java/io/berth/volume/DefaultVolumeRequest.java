package io.berth.volume;

import io.berth.api.Volume;
import io.berth.api.VolumeRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Collects what a volume is to be. */
final class DefaultVolumeRequest implements VolumeRequest {
  private final DefaultVolumes volumes;
  private final String name;
  private final Map<String, String> options = new LinkedHashMap<>();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private Optional<String> driver = Optional.empty();

  DefaultVolumeRequest(DefaultVolumes volumes, String name) {
    this.volumes = volumes;
    this.name = name;
  }

  @Override
  public VolumeRequest driver(String name) {
    this.driver = Optional.of(name).filter(n -> !n.isEmpty());
    return this;
  }

  @Override
  public VolumeRequest option(String name, String value) {
    options.put(name, value);
    return this;
  }

  @Override
  public VolumeRequest label(String name, String value) {
    labels.put(name, value);
    return this;
  }

  @Override
  public Volume execute() {
    if (!name.isEmpty()) {
      return volumes.ensure(name, driver, options, labels);
    }
    Map<String, String> all = new LinkedHashMap<>(labels);
    all.put(Volume.ANONYMOUS, "");
    return volumes.ensure(volumes.newName(), driver, options, all);
  }
}
