package io.berth.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What may be removed: only what is older than a time, and has all labels of one list and none of
 * another; each as {@code NAME} or {@code NAME=VALUE}.
 */
public record PruneFilter(
    Optional<Instant> until, List<String> labels, List<String> withoutLabels) {
  public static final PruneFilter ALL = new PruneFilter(Optional.empty(), List.of(), List.of());

  public PruneFilter {
    labels = List.copyOf(labels);
    withoutLabels = List.copyOf(withoutLabels);
  }

  /** Whether something with these labels, last used then, may be removed. */
  public boolean allows(Instant time, Map<String, String> has) {
    return until.map(time::isBefore).orElse(true)
        && labels.stream().allMatch(label -> matches(label, has))
        && withoutLabels.stream().noneMatch(label -> matches(label, has));
  }

  private static boolean matches(String label, Map<String, String> has) {
    int equals = label.indexOf('=');
    return equals < 0
        ? has.containsKey(label)
        : label.substring(equals + 1).equals(has.get(label.substring(0, equals)));
  }
}
