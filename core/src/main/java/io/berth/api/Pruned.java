package io.berth.api;

import java.util.List;

/**
 * What was removed.
 *
 * @param names ids or names
 * @param bytes how much space that gave back
 */
public record Pruned(List<String> names, long bytes) {
  public static final Pruned NOTHING = new Pruned(List.of(), 0);

  public Pruned {
    names = List.copyOf(names);
  }
}
