package io.berth.build;

import io.berth.api.ContextSource;
import io.berth.oci.Platform;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The contexts of a build, each opened by the first step that needs it. Thread-safe. */
final class NamedContexts implements AutoCloseable {
  private final BuildInput input;
  private final Map<String, ContextSource> sources;
  private final Contexts contexts;
  private final StatCaches statCaches;
  private final Layouts layouts;
  private final Map<String, BuildContext> open = new HashMap<>();
  private Optional<BuildContext> main = Optional.empty();

  /** Takes an image of an OCI layout into the store, and gives its id. */
  @FunctionalInterface
  interface Layouts {
    String load(ContextSource.Layout layout, Optional<Platform> platform);
  }

  /**
   * @param statCaches where digests of files are kept
   */
  NamedContexts(
      BuildInput input,
      Map<String, ContextSource> sources,
      Contexts contexts,
      StatCaches statCaches,
      Layouts layouts) {
    this.input = input;
    this.sources = sources;
    this.contexts = contexts;
    this.statCaches = statCaches;
    this.layouts = layouts;
  }

  synchronized BuildContext main() {
    if (main.isEmpty()) {
      main = Optional.of(input.openContext(statCaches));
    }
    return main.get();
  }

  Optional<ContextSource> find(String name) {
    return Optional.ofNullable(sources.get(name));
  }

  /** The name of the image that a context is, if it is one. */
  Optional<String> image(ContextSource source, Optional<Platform> platform) {
    if (source instanceof ContextSource.Layout layout) {
      return Optional.of(layouts.load(layout, platform));
    }
    return source instanceof ContextSource.StoredImage image
        ? Optional.of(image.reference())
        : Optional.empty();
  }

  synchronized BuildContext folder(String name) {
    return open.computeIfAbsent(
        name,
        n -> {
          Contexts.Folder folder = contexts.open(sources.get(n), false);
          return BuildContext.open(
              folder.directory(),
              BuildContext.ignoreFile(folder),
              folder.own() ? Optional.of(statCaches) : Optional.empty());
        });
  }

  @Override
  public synchronized void close() {
    main.ifPresent(BuildContext::close);
    open.values().forEach(BuildContext::close);
  }
}
