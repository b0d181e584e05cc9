package io.berth.layers;

import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileStatus;
import io.berth.linux.StatusCalls;
import java.time.Instant;
import java.util.function.Predicate;

/** Sets back the modification times of what is younger than a limit. */
final class TimeLimit {
  private final Instant limit;
  private final Predicate<FileStatus> applies;

  /**
   * @param applies whether a file is concerned at all
   */
  TimeLimit(Instant limit, Predicate<FileStatus> applies) {
    this.limit = limit;
    this.applies = applies;
  }

  void apply(Fd directory) {
    for (DirEntry entry : FileCalls.list(directory)) {
      FileStatus status = StatusCalls.stat(directory, entry.name());
      if (status.isDirectory()) {
        try (Fd child = FileCalls.openForListing(directory, entry.name())) {
          apply(child);
        }
      }
      if (status.mtime().isAfter(limit) && applies.test(status)) {
        StatusCalls.setModified(directory, entry.name(), limit);
      }
    }
  }
}
