package io.berth.remote.call;

import io.berth.api.PruneFilter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parameter {@code filters}: values by the names of filters. */
public final class Filters {
  private Filters() {}

  /** What may be removed. */
  public static Map<String, List<String>> of(PruneFilter filter) {
    Map<String, List<String>> filters = new LinkedHashMap<>();
    filter.until().ifPresent(time -> filters.put("until", List.of(time.toString())));
    if (!filter.labels().isEmpty()) {
      filters.put("label", filter.labels());
    }
    if (!filter.withoutLabels().isEmpty()) {
      filters.put("label!", filter.withoutLabels());
    }
    return filters;
  }
}
