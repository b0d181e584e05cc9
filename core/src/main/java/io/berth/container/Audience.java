package io.berth.container;

import io.berth.runtime.launch.Monitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The streams that are connected to a container's stdio, or are to be when it starts. Its container
 * sees to it that nobody joins while it starts.
 */
final class Audience {
  private final ContainerRecord record;
  private final Optional<Streams> creator;
  private final List<Attached> waiting = new ArrayList<>();

  /**
   * @param creator the streams it was made with, which it has each time it starts
   */
  Audience(ContainerRecord record, Optional<Streams> creator) {
    this.record = record;
    this.creator = creator;
  }

  /** Connects streams when it starts. */
  void await(Attached attached) {
    waiting.add(attached);
  }

  /** Those to be connected now that it starts. */
  List<Attached> all() {
    List<Attached> all = new ArrayList<>(waiting);
    creator.ifPresent(streams -> all.add(new Attached(streams)));
    return all;
  }

  void started() {
    waiting.clear();
  }

  /** It could not be started. */
  void disappointed() {
    waiting.forEach(Attached::ended);
    waiting.clear();
  }

  /** Connects streams to one that runs, by a line of their own. */
  void join(Attached attached, boolean replay) {
    StreamPump streaming =
        new StreamPump(
            List.of(attached), replay ? Optional.of(record.directory()) : Optional.empty());
    Monitor own = Monitor.connect(record.directory(), streaming);
    attached.owns(own);
    own.attach(replay);
    streaming.run(own, record.name(), () -> {});
  }
}
