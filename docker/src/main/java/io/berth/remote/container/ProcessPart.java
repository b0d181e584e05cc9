package io.berth.remote.container;

import io.berth.error.InvalidInputException;
import io.berth.oci.Healthcheck;
import io.berth.process.ProcessChecks;
import io.berth.server.wire.HealthConfig;
import io.berth.server.wire.ProcessConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Collects what a container runs. */
final class ProcessPart {
  final Map<String, String> labels = new LinkedHashMap<>();
  final List<String> exposed = new ArrayList<>();
  private final Map<String, String> env = new LinkedHashMap<>();
  private Optional<List<String>> command = Optional.empty();
  private Optional<List<String>> entrypoint = Optional.empty();
  private Optional<HealthConfig> health = Optional.empty();
  private String user = "";
  private String workdir = "";
  private String stopSignal = "";

  void command(List<String> args) {
    command = Optional.of(List.copyOf(args));
  }

  void entrypoint(List<String> args) {
    // One empty string is how clients say that there shall be none.
    entrypoint = Optional.of(args.isEmpty() ? List.of("") : List.copyOf(args));
  }

  void env(String name, String value) {
    ProcessChecks.variable(name);
    env.put(name, value);
  }

  void user(String name) {
    user = name;
  }

  void workdir(String path) {
    ProcessChecks.directory(path);
    workdir = path;
  }

  void stopSignal(String signal) {
    stopSignal = signal;
  }

  void healthcheck(Healthcheck check) {
    health =
        Optional.of(
            new HealthConfig(
                check.test(),
                nanos(check.interval()),
                nanos(check.timeout()),
                nanos(check.startPeriod()),
                nanos(check.startInterval()),
                check.retries().orElse(0)));
  }

  private static long nanos(Optional<Duration> duration) {
    return duration.map(Duration::toNanos).orElse(0L);
  }

  /** The ports of {@code 80}, {@code 80/udp} or {@code 8000-8010/tcp}. */
  private static List<String> expand(String text) {
    if (!text.matches("\\d{1,5}(-\\d{1,5})?(/(tcp|udp|sctp))?")) {
      throw new InvalidInputException(
          "Invalid port \"" + text + "\": expected a number with /tcp, /udp or /sctp");
    }
    String[] parts = text.split("/");
    String[] ends = parts[0].split("-");
    int first = Integer.parseInt(ends[0]);
    int last = Integer.parseInt(ends[ends.length - 1]);
    String protocol = parts.length == 1 ? "tcp" : parts[1];
    return IntStream.rangeClosed(first, last).mapToObj(n -> n + "/" + protocol).toList();
  }

  /**
   * @param published ports, which are exposed too
   */
  ProcessConfig build(Collection<String> published) {
    Map<String, Object> ports = new TreeMap<>();
    exposed.forEach(p -> expand(p).forEach(one -> ports.put(one, Map.of())));
    published.forEach(p -> ports.put(p, Map.of()));
    return new ProcessConfig(
        user,
        ports,
        env.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList(),
        command.orElse(null),
        health.orElse(null),
        null,
        workdir,
        entrypoint.orElse(null),
        null,
        labels,
        stopSignal,
        null);
  }
}
