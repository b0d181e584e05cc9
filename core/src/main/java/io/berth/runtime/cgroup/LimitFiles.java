package io.berth.runtime.cgroup;

import io.berth.error.BerthException;
import io.berth.runtime.cgroup.LimitWrites.Need;
import io.berth.runtime.cgroup.LimitWrites.Write;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Writes limits into a group's files: all of them or, as far as can be, none. */
final class LimitFiles {
  private final Function<Write, Path> directories;
  private final List<String> warnings = new ArrayList<>();

  private record Old(Path file, String value) {}

  /**
   * @param directories where the files of a write are
   */
  LimitFiles(Function<Write, Path> directories) {
    this.directories = directories;
  }

  /** What this kernel has no file for and was not insisted on. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** Writes into a new group, which is removed when this fails. */
  void write(List<Write> writes) {
    writes.forEach(w -> resolve(w).ifPresent(this::put));
  }

  /**
   * Changes a group that is in use. What the kernel refuses is tried again after the others, since
   * some hold only together: memory must not be above memory and swap. If it stays refused, what
   * was written is put back.
   */
  void change(List<Write> writes) {
    Deque<Old> undo = new ArrayDeque<>();
    List<Write> left = new ArrayList<>();
    writes.forEach(w -> resolve(w).ifPresent(left::add));
    while (!left.isEmpty()) {
      List<Write> refused = new ArrayList<>();
      Optional<BerthException> error = Optional.empty();
      for (Write write : left) {
        Path file = directories.apply(write).resolve(write.file());
        Old old = new Old(file, CgroupFiles.read(file));
        try {
          put(write);
          undo.push(old);
        } catch (BerthException e) {
          refused.add(write);
          error = Optional.of(e);
        }
      }
      if (refused.size() == left.size()) {
        undo.forEach(LimitFiles::restore);
        throw error.orElseThrow();
      }
      left.clear();
      left.addAll(refused);
    }
  }

  /** The file that is there: the one meant or the other; empty when it may be missing. */
  private Optional<Write> resolve(Write write) {
    Path directory = directories.apply(write);
    if (write.need() == Need.REQUIRED || Files.exists(directory.resolve(write.file()))) {
      return Optional.of(write);
    }
    Optional<Write> other = write.other().filter(o -> Files.exists(directory.resolve(o.file())));
    if (other.isEmpty() && write.need() == Need.WARN) {
      warnings.add(
          write.file() + " is not in this kernel: the limit " + write.value() + " was left out");
    }
    return other;
  }

  private void put(Write write) {
    Path directory = directories.apply(write);
    try {
      CgroupFiles.write(directory.resolve(write.file()), write.value());
    } catch (IOException e) {
      throw new BerthException(
          "Cannot set "
              + write.file()
              + " to "
              + write.value()
              + " in "
              + directory
              + ": "
              + e
              + "; the controller "
              + write.controller()
              + " of this kernel refuses or lacks it, so ask for another limit or none",
          e);
    }
  }

  /** Files of several lines have no simple way back; they hold nothing that others depend on. */
  private static void restore(Old old) {
    if (old.value().isEmpty() || old.value().contains("\n") || old.value().contains("=")) {
      return;
    }
    try {
      CgroupFiles.write(old.file(), old.value());
    } catch (IOException e) {
      // The first error is the one that is told.
    }
  }
}
