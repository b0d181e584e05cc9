package io.berth.event;

import io.berth.api.Event;
import io.berth.api.EventRequest;
import io.berth.api.Feed;
import io.berth.internal.PollingFeed;
import io.berth.internal.RotatedLines;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects which events are wanted. */
final class DefaultEventRequest implements EventRequest {
  private final EventJournal journal;
  private final Clock clock;
  private final EventFilter filter = new EventFilter();
  private Optional<Instant> since = Optional.empty();
  private Optional<Instant> until = Optional.empty();

  DefaultEventRequest(EventJournal journal, Clock clock) {
    this.journal = journal;
    this.clock = clock;
  }

  @Override
  public EventRequest since(Instant time) {
    this.since = Optional.of(time);
    return this;
  }

  @Override
  public EventRequest until(Instant time) {
    this.until = Optional.of(time);
    return this;
  }

  @Override
  public EventRequest filter(String key, String value) {
    filter.add(key, value);
    return this;
  }

  @Override
  public List<Event> list() {
    List<Event> all = new ArrayList<>();
    try (RotatedLines lines = journal.lines()) {
      for (Optional<Event> e = next(lines); e.isPresent(); e = next(lines)) {
        all.add(e.get());
      }
    }
    return all;
  }

  @Override
  public Feed<Event> follow() {
    RotatedLines lines = journal.lines();
    if (since.isEmpty() && until.isEmpty()) {
      lines.seekTail(0);
    }
    return new PollingFeed<>(new Source(lines));
  }

  /** The next of those that are wanted. */
  private Optional<Event> next(RotatedLines lines) {
    for (Optional<byte[]> line = lines.next(); line.isPresent(); line = lines.next()) {
      Optional<Event> event = EventJson.read(line.get()).filter(this::wanted);
      if (event.isPresent()) {
        return event;
      }
    }
    return Optional.empty();
  }

  private boolean wanted(Event event) {
    return since.filter(event.time()::isBefore).isEmpty()
        && until.filter(event.time()::isAfter).isEmpty()
        && filter.test(event);
  }

  private final class Source implements PollingFeed.Source<Event> {
    private final RotatedLines lines;

    Source(RotatedLines lines) {
      this.lines = lines;
    }

    @Override
    public Optional<Event> poll() {
      return DefaultEventRequest.this.next(lines);
    }

    @Override
    public boolean isOver() {
      return until.filter(clock.instant()::isAfter).isPresent();
    }

    @Override
    public void close() {
      lines.close();
    }
  }
}
