package io.berth.runtime.cgroup;

import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;

/** A group that is known by its directories. */
final class DirectoryCgroup implements ContainerCgroup {
  private static final int TRIES = 200;
  private static final long LONGEST_PAUSE_MILLIS = 10;

  private final String id;
  private final List<Path> directories;
  private final Optional<Path> unified;
  private final Optional<Path> oomFile;
  private final List<String> warnings;
  private final Function<String, Optional<Path>> adder;

  /**
   * @param adder gives it a controller that it lacks; the directory, when it takes one more
   */
  DirectoryCgroup(
      String id,
      List<Path> directories,
      Optional<Path> unified,
      Optional<Path> oomFile,
      List<String> warnings,
      Function<String, Optional<Path>> adder) {
    this.id = id;
    this.directories = List.copyOf(directories);
    this.unified = unified;
    this.oomFile = oomFile;
    this.warnings = List.copyOf(warnings);
    this.adder = adder;
  }

  @Override
  public List<Path> directories() {
    return directories;
  }

  @Override
  public List<Path> joinFiles() {
    return directories.stream()
        .filter(directory -> !unified.equals(Optional.of(directory)))
        .map(directory -> directory.resolve("tasks"))
        .toList();
  }

  @Override
  public Optional<Path> unified() {
    return unified;
  }

  @Override
  public void kill() {
    if (!retry(this::killOnce)) {
      throw new BerthException(
          "Processes "
              + pids()
              + " of container "
              + id
              + " outlive SIGKILL, perhaps waiting for a device; try again later");
    }
  }

  /** By signal too: the launcher may not have put the process into the v2 group. */
  private boolean killOnce() {
    unified
        .map(directory -> directory.resolve("cgroup.kill"))
        .filter(Files::exists)
        .ifPresent(
            file -> {
              try {
                CgroupFiles.write(file, "1");
              } catch (IOException e) {
                // Its monitor may be removing it at this moment.
                if (Files.exists(file)) {
                  throw new BerthException("Cannot write " + file + ": " + e.getMessage(), e);
                }
              }
            });
    List<Long> left = pids();
    left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    return left.isEmpty();
  }

  @Override
  public List<Long> pids() {
    Set<Long> pids = new TreeSet<>();
    for (Path directory : directories) {
      collect(directory, pids);
    }
    return List.copyOf(pids);
  }

  private static void collect(Path directory, Set<Long> pids) {
    CgroupFiles.read(directory.resolve("cgroup.procs"))
        .lines()
        .forEach(line -> pids.add(Long.parseLong(line.strip())));
    try (Stream<Path> children = Files.list(directory)) {
      children.filter(Files::isDirectory).forEach(child -> collect(child, pids));
    } catch (NoSuchFileException e) {
      return;
    } catch (IOException e) {
      throw new BerthException("Cannot list " + directory + ": " + e.getMessage(), e);
    }
  }

  @Override
  public long oomKills() {
    return oomFile.map(CgroupFiles::read).stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith("oom_kill "))
        .mapToLong(line -> Long.parseLong(line.substring("oom_kill ".length()).strip()))
        .findFirst()
        .orElse(0);
  }

  @Override
  public void freeze(boolean frozen) {
    Optional<Path> v2 = unified.map(path -> path.resolve("cgroup.freeze")).filter(Files::exists);
    Optional<Path> v1 =
        directories.stream()
            .map(path -> path.resolve("freezer.state"))
            .filter(Files::exists)
            .findFirst();
    Path file =
        v2.or(() -> v1)
            .orElseThrow(
                () ->
                    new BerthException(
                        "Container "
                            + id
                            + " cannot be paused: it has neither cgroup.freeze (v2, Linux 5.2)"
                            + " nor the v1 freezer"));
    try {
      CgroupFiles.write(
          file, v2.isPresent() ? (frozen ? "1" : "0") : (frozen ? "FROZEN" : "THAWED"));
    } catch (NoSuchFileException e) {
      // One that was killed while it was frozen has gone in this moment.
      if (frozen) {
        throw new BerthException("Cannot write " + file + ": the container has ended", e);
      }
    } catch (IOException e) {
      throw new BerthException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public List<Path> update(Limits limits) {
    boolean v2 = unified.equals(Optional.of(directories.get(0)));
    List<LimitWrites.Write> writes = v2 ? LimitWrites.v2(limits) : LimitWrites.v1(limits);
    Map<String, Path> added = new LinkedHashMap<>();
    for (LimitWrites.Write write : writes) {
      if (write.need() == LimitWrites.Need.REQUIRED && directoryOf(write, added).isEmpty()) {
        adder
            .apply(write.controller())
            .ifPresent(directory -> added.put(write.controller(), directory));
      }
    }
    new LimitFiles(write -> directoryOf(write, added).orElse(directories.get(0))).change(writes);
    added.values().forEach(this::moveInto);
    return List.copyOf(added.values());
  }

  /** The files of a controller tell its directory, whatever it is mounted with. */
  private Optional<Path> directoryOf(LimitWrites.Write write, Map<String, Path> added) {
    return Stream.concat(directories.stream(), added.values().stream())
        .filter(
            d ->
                Files.exists(d.resolve(write.file()))
                    || write.other().filter(o -> Files.exists(d.resolve(o.file()))).isPresent())
        .findFirst();
  }

  /** Its processes may fork meanwhile, so it is done until none is outside. */
  private void moveInto(Path directory) {
    Set<Long> moved = new TreeSet<>();
    boolean[] any = {true};
    while (any[0]) {
      any[0] = false;
      for (long pid : pids()) {
        if (moved.add(pid)) {
          any[0] = true;
          try {
            CgroupFiles.write(directory.resolve("cgroup.procs"), Long.toString(pid));
          } catch (IOException e) {
            // It has ended.
          }
        }
      }
    }
  }

  @Override
  public List<String> warnings() {
    return warnings;
  }

  @Override
  public void remove() {
    IOException[] last = new IOException[1];
    boolean removed =
        retry(
            () -> {
              try {
                for (Path directory : directories) {
                  CgroupFiles.removeTree(directory);
                }
                return true;
              } catch (IOException e) {
                last[0] = e;
                return false;
              }
            });
    if (!removed) {
      throw new ConflictException(
          "The control group of container "
              + id
              + " cannot be removed ("
              + last[0]
              + "); processes left in it: "
              + pids()
              + "; kill() them first",
          last[0]);
    }
  }

  private static boolean retry(BooleanSupplier attempt) {
    long pause = 1;
    for (int i = 0; i < TRIES; i++) {
      if (attempt.getAsBoolean()) {
        return true;
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
    }
    return false;
  }
}
