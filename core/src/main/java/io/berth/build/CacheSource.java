package io.berth.build;

import io.berth.error.InvalidInputException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a cache is imported from or exported to.
 *
 * <p>{@code all} says whether the results of all steps are exported, rather than those of the image
 * alone
 */
sealed interface CacheSource {
  boolean all();

  /** An OCI layout directory. */
  record Directory(Path path, boolean all) implements CacheSource {}

  /** A repository of a registry, with a tag. */
  record Registry(String reference, boolean all) implements CacheSource {}

  /** Reads {@code type=local,src=DIR}, {@code type=registry,ref=NAME}, or a reference alone. */
  static CacheSource parse(String text) {
    if (!text.contains("=")) {
      return new Registry(text, false);
    }
    Map<String, String> options = new LinkedHashMap<>();
    for (String field : text.split(",")) {
      int equals = field.indexOf('=');
      if (equals < 0) {
        throw bad(text);
      }
      options.put(field.substring(0, equals), field.substring(equals + 1));
    }
    boolean all = "max".equals(options.get("mode"));
    String type = options.getOrDefault("type", "registry");
    String directory = options.getOrDefault("src", options.get("dest"));
    if (type.equals("local") && directory != null) {
      return new Directory(Path.of(directory), all);
    }
    if (type.equals("registry") && options.containsKey("ref")) {
      return new Registry(options.get("ref"), all);
    }
    throw bad(text);
  }

  private static InvalidInputException bad(String text) {
    return new InvalidInputException(
        "Unknown cache \""
            + text
            + "\": expected type=local,src=DIRECTORY (dest= to export), or"
            + " type=registry,ref=NAME; with mode=max all steps are exported");
  }
}
