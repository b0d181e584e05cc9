package io.berth.container;

import io.berth.api.Feed;
import io.berth.api.LogRequest;
import io.berth.api.Logs;
import io.berth.error.InvalidInputException;
import io.berth.internal.PollingFeed;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Collects what of a log is wanted. */
final class DefaultLogRequest implements LogRequest {
  private final Path directory;
  private final BooleanSupplier active;
  private final Clock clock;
  private Optional<Instant> since = Optional.empty();
  private Optional<Instant> until = Optional.empty();
  private Optional<Integer> tail = Optional.empty();
  private boolean stdout = true;
  private boolean stderr = true;

  /**
   * @param active whether the container may still write
   */
  DefaultLogRequest(Path directory, BooleanSupplier active, Clock clock) {
    this.directory = directory;
    this.active = active;
    this.clock = clock;
  }

  @Override
  public LogRequest since(Instant time) {
    this.since = Optional.of(time);
    return this;
  }

  @Override
  public LogRequest until(Instant time) {
    this.until = Optional.of(time);
    return this;
  }

  @Override
  public LogRequest tail(int entries) {
    if (entries < 0) {
      throw new InvalidInputException(
          "Invalid number of log entries " + entries + ": expected at least 0");
    }
    this.tail = Optional.of(entries);
    return this;
  }

  @Override
  public LogRequest stdout(boolean wanted) {
    this.stdout = wanted;
    return this;
  }

  @Override
  public LogRequest stderr(boolean wanted) {
    this.stderr = wanted;
    return this;
  }

  @Override
  public Logs read() {
    List<Logs.Entry> all = new ArrayList<>();
    try (Feed<Logs.Entry> feed = stream()) {
      feed.forEach(all::add);
    }
    return new Logs(all);
  }

  @Override
  public Feed<Logs.Entry> stream() {
    return new PollingFeed<>(new Source(() -> true));
  }

  @Override
  public Feed<Logs.Entry> follow() {
    return new PollingFeed<>(
        new Source(
            () -> !active.getAsBoolean() || until.filter(clock.instant()::isAfter).isPresent()));
  }

  private boolean wanted(Logs.Entry entry) {
    return (entry.stderr() ? stderr : stdout)
        && since.filter(entry.time()::isBefore).isEmpty()
        && until.filter(entry.time()::isAfter).isEmpty();
  }

  private final class Source implements PollingFeed.Source<Logs.Entry> {
    private final LogFile log = LogFile.open(directory);
    private final BooleanSupplier over;

    Source(BooleanSupplier over) {
      this.over = over;
      tail.ifPresent(log::seekTail);
    }

    @Override
    public Optional<Logs.Entry> poll() {
      Optional<Logs.Entry> entry = log.next();
      while (entry.isPresent() && !wanted(entry.get())) {
        entry = log.next();
      }
      return entry;
    }

    @Override
    public boolean isOver() {
      return over.getAsBoolean();
    }

    @Override
    public void close() {
      log.close();
    }
  }
}
