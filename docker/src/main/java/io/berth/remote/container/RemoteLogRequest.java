package io.berth.remote.container;

import io.berth.api.Feed;
import io.berth.api.LogRequest;
import io.berth.api.Logs;
import io.berth.error.BerthException;
import io.berth.error.UnsupportedException;
import io.berth.remote.call.Call;
import io.berth.remote.call.StreamFeed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the log of a container. */
final class RemoteLogRequest implements LogRequest {
  private final RemoteContainer container;
  private Optional<Instant> since = Optional.empty();
  private Optional<Instant> until = Optional.empty();
  private Optional<Integer> tail = Optional.empty();
  private boolean stdout = true;
  private boolean stderr = true;

  RemoteLogRequest(RemoteContainer container) {
    this.container = container;
  }

  @Override
  public LogRequest since(Instant time) {
    since = Optional.of(time);
    return this;
  }

  @Override
  public LogRequest until(Instant time) {
    until = Optional.of(time);
    return this;
  }

  @Override
  public LogRequest tail(int entries) {
    tail = Optional.of(entries);
    return this;
  }

  @Override
  public LogRequest stdout(boolean wanted) {
    stdout = wanted;
    return this;
  }

  @Override
  public LogRequest stderr(boolean wanted) {
    stderr = wanted;
    return this;
  }

  @Override
  public Logs read() {
    List<Logs.Entry> entries = new ArrayList<>();
    try (StreamFeed.Source<Logs.Entry> source = source(false)) {
      for (Optional<Logs.Entry> e = source.next(); e.isPresent(); e = source.next()) {
        entries.add(e.get());
      }
    }
    return new Logs(entries);
  }

  @Override
  public Feed<Logs.Entry> stream() {
    return new StreamFeed<>("log", source(false));
  }

  @Override
  public Feed<Logs.Entry> follow() {
    return new StreamFeed<>("log", source(true));
  }

  /** Seconds since 1970 with a fraction, which engines of any age take. */
  static String seconds(Instant time) {
    return String.format("%d.%09d", time.getEpochSecond(), time.getNano());
  }

  private StreamFeed.Source<Logs.Entry> source(boolean follow) {
    if (!stdout && !stderr) {
      return nothing();
    }
    Call call =
        container
            .api()
            .get(container.path("logs"))
            .query("timestamps", 1)
            .flag("stdout", stdout)
            .flag("stderr", stderr)
            .flag("follow", follow)
            .query("since", since.map(RemoteLogRequest::seconds))
            .query("until", until.map(RemoteLogRequest::seconds))
            .query("tail", tail);
    try {
      return new LogSource(container.api(), call.open(), container.tty());
    } catch (BerthException e) {
      // A container without a log has an empty one.
      boolean none =
          e instanceof UnsupportedException || e.getMessage().contains("does not support reading");
      if (!none) {
        throw e;
      }
      return nothing();
    }
  }

  private static StreamFeed.Source<Logs.Entry> nothing() {
    return new StreamFeed.Source<>() {
      @Override
      public Optional<Logs.Entry> next() {
        return Optional.empty();
      }

      @Override
      public void close() {}
    };
  }
}
