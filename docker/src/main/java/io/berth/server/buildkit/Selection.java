package io.berth.server.buildkit;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What of a directory is wanted.
 *
 * @param excluded patterns of a {@code .dockerignore} file
 * @param followed nothing but these paths, and what links among them lead to; all when empty
 */
record Selection(List<String> excluded, List<String> followed) {
  static final Selection ALL = new Selection(List.of(), List.of());

  static Selection only(List<String> paths) {
    return new Selection(List.of(), paths);
  }

  static Selection without(List<String> patterns) {
    return new Selection(patterns, List.of());
  }

  Map<String, List<String>> metadata(String directory) {
    Map<String, List<String>> metadata = new LinkedHashMap<>();
    put(metadata, "dir-name", List.of(directory));
    put(metadata, "exclude-patterns", excluded);
    put(metadata, "followpaths", followed);
    return metadata;
  }

  /** Headers hold ASCII: what does not is encoded, and said to be. */
  private static void put(Map<String, List<String>> metadata, String name, List<String> values) {
    if (values.isEmpty()) {
      return;
    }
    boolean plain =
        values.stream().allMatch(value -> value.chars().allMatch(c -> c >= ' ' && c < 127));
    if (plain) {
      metadata.put(name, values);
    } else {
      metadata.put(
          name, values.stream().map(v -> URLEncoder.encode(v, StandardCharsets.UTF_8)).toList());
      metadata.put(name + "-encoded", List.of("1"));
    }
  }
}
