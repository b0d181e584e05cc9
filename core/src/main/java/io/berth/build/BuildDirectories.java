package io.berth.build;

import java.nio.file.Path;

/**
 * Where a builder keeps things.
 *
 * <pre>
 * cache/steps/ab/abcd…   what a step came to, by its key; its time is that of the last use
 * cache/layers/…         the names of the layers among these results
 * cache/steps/ab/.summary  what the others in this directory say
 * cache/stat/…           the content digests of a context's files; its time is about that of the
 *                        last use
 * cache/copies/…         which files a COPY of many has made, and where
 * cache/mounts/…         the directories of RUN --mount=type=cache
 * cache/http/…           what ADD has downloaded
 * cache/tmp/…            contexts that are there for one build
 * </pre>
 */
record BuildDirectories(Path cache) {
  Path steps() {
    return cache.resolve("steps");
  }

  Path statCache() {
    return cache.resolve("stat");
  }

  Path copies() {
    return cache.resolve("copies");
  }

  Path mounts() {
    return cache.resolve("mounts");
  }

  Path downloads() {
    return cache.resolve("http");
  }

  Path temporary() {
    return cache.resolve("tmp");
  }
}
