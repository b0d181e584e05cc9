package io.berth.api;

import java.time.Instant;
import java.util.List;

/** Chooses events; made by {@link Events#read}. Not thread-safe. */
public interface EventRequest {
  /** Only those of this time or later. */
  EventRequest since(Instant time);

  /** Only those of this time or earlier; a feed ends then. */
  EventRequest until(Instant time);

  /**
   * Only those that match, as {@code docker events --filter} has it: of one key any value, of
   * several keys all.
   *
   * @param key {@code container}, {@code image}, {@code network}, {@code volume}, {@code type},
   *     {@code event}, {@code label}, {@code daemon} or {@code scope}
   * @throws io.berth.error.InvalidInputException when there is no such key
   */
  EventRequest filter(String key, String value);

  /** Those that are there now. */
  List<Event> list();

  /** Those to come; with {@code since} or {@code until}, after those that are there now. */
  Feed<Event> follow();
}
