package io.berth.build;

import io.berth.api.NetworkMode;
import io.berth.api.Progress;
import io.berth.dockerfile.Dockerfile;
import io.berth.oci.Reference;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a build request has collected. */
record BuildOptions(
    Optional<Path> context,
    Optional<Path> file,
    Optional<Dockerfile> dockerfile,
    List<Reference> tags,
    Map<String, String> args,
    Map<String, String> labels,
    Optional<String> target,
    boolean useCache,
    NetworkMode network,
    Progress progress) {
  BuildOptions {
    tags = List.copyOf(tags);
    args = Collections.unmodifiableMap(new LinkedHashMap<>(args));
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
  }
}
