package io.berth.container;

import io.berth.api.ProcessTable;
import io.berth.api.Stats;
import io.berth.error.ConflictException;
import io.berth.runtime.cgroup.ContainerCgroup;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What a container uses, and its processes, while it runs. */
final class Usage {
  private final Supplier<ContainerConfig> config;
  private final Life life;
  private final Starter starter;
  private final StatsReader reader;

  /**
   * @param config as it is now
   */
  Usage(Supplier<ContainerConfig> config, Life life, Starter starter, StatsReader reader) {
    this.config = config;
    this.life = life;
    this.starter = starter;
    this.reader = reader;
  }

  ProcessTable top(List<String> psArgs) {
    return Top.of(processes(cgroup().orElseThrow(this::idle)), psArgs);
  }

  /** Without groups of its own a container's processes are those below its init. */
  private List<Long> processes(ContainerCgroup cgroup) {
    if (!cgroup.directories().isEmpty()) {
      return cgroup.pids();
    }
    return life.pid().stream()
        .mapToObj(ProcessHandle::of)
        .flatMap(Optional::stream)
        .flatMap(init -> Stream.concat(Stream.of(init), init.descendants()))
        .map(ProcessHandle::pid)
        .toList();
  }

  Stats stats() {
    return measure().orElseThrow(this::idle);
  }

  private ConflictException idle() {
    return new ConflictException("Container " + config.get().name() + " is not running");
  }

  /** Empty when it does not run. */
  Optional<Stats> measure() {
    boolean host = config.get().spec().sandbox().network().isHost();
    OptionalLong init = life.pid();
    return cgroup()
        .map(
            group ->
                reader.read(
                    group,
                    host || init.isEmpty() ? Optional.empty() : Optional.of(init.getAsLong())));
  }

  private Optional<ContainerCgroup> cgroup() {
    return life.status().isActive() ? starter.cgroup(config.get()) : Optional.empty();
  }
}
