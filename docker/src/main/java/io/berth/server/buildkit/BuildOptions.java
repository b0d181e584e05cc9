package io.berth.server.buildkit;

import io.berth.api.BuildRequest;
import io.berth.api.NetworkMode;
import io.berth.api.Ulimit;
import io.berth.error.InvalidInputException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The attributes of the Dockerfile frontend, as options of this builder. */
final class BuildOptions {
  private static final String ARG = "build-arg:";
  private static final String LABEL = "label:";

  private BuildOptions() {}

  /**
   * @param warn hears what of the request is passed over
   */
  static void apply(SolveRequest request, BuildRequest build, Consumer<String> warn) {
    Map<String, String> attributes = request.attributes();
    attributes.forEach(
        (name, value) -> {
          if (name.startsWith(ARG)) {
            build.arg(name.substring(ARG.length()), value);
          } else if (name.startsWith(LABEL)) {
            build.label(name.substring(LABEL.length()), value);
          }
        });
    given(attributes, "target").ifPresent(build::target);
    given(attributes, "platform").ifPresent(build::platform);
    Optional.ofNullable(attributes.get("no-cache")).ifPresent(stages -> noCache(build, stages));
    given(attributes, "image-resolve-mode").filter("pull"::equals).ifPresent(mode -> build.pull());
    given(attributes, "force-network-mode")
        .filter(mode -> !mode.equals("sandbox"))
        .map(NetworkMode::of)
        .ifPresent(build::network);
    fields(attributes, "add-hosts").forEach(host -> addHost(build, host));
    given(attributes, "shm-size").map(BuildOptions::number).ifPresent(build::shmSize);
    fields(attributes, "ulimit").map(Ulimit::parse).forEach(build::ulimit);
    request.entitlements().forEach(build::allow);
    if (request.exporters().stream().anyMatch(e -> e.get("rewrite-timestamp").equals("true"))) {
      build.rewriteTimestamps();
    }
    new BuildCaches(warn).apply(request, build);
  }

  private static Optional<String> given(Map<String, String> attributes, String name) {
    return Optional.ofNullable(attributes.get(name)).filter(value -> !value.isEmpty());
  }

  private static Stream<String> fields(Map<String, String> attributes, String name) {
    return given(attributes, name).stream().flatMap(list -> Stream.of(list.split(",")));
  }

  private static void noCache(BuildRequest build, String stages) {
    if (stages.isEmpty()) {
      build.noCache();
    } else {
      Stream.of(stages.split(",")).forEach(build::noCache);
    }
  }

  private static void addHost(BuildRequest build, String host) {
    int equals = host.indexOf('=');
    if (equals < 1) {
      throw new InvalidInputException("Invalid host \"" + host + "\": expected NAME=ADDRESS");
    }
    build.addHost(host.substring(0, equals), host.substring(equals + 1));
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          "Invalid size of /dev/shm \"" + text + "\": expected a number of bytes", e);
    }
  }
}
