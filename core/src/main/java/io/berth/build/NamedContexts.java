package io.berth.build;

import io.berth.api.ContextSource;
import io.berth.error.InvalidInputException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The contexts of a build, each opened by the first step that needs it. Thread-safe. */
final class NamedContexts implements AutoCloseable {
  private final BuildInput input;
  private final Map<String, ContextSource> sources;
  private final Contexts contexts;
  private final StatCaches statCaches;
  private final Map<String, BuildContext> open = new HashMap<>();
  private Optional<BuildContext> main = Optional.empty();

  /**
   * @param statCaches where digests of files are kept
   */
  NamedContexts(
      BuildInput input,
      Map<String, ContextSource> sources,
      Contexts contexts,
      StatCaches statCaches) {
    this.input = input;
    this.sources = sources;
    this.contexts = contexts;
    this.statCaches = statCaches;
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
  Optional<String> image(ContextSource source) {
    if (source instanceof ContextSource.Layout layout) {
      throw new InvalidInputException(
          "The named context "
              + layout.directory()
              + " is an OCI layout; load it into the store first, and name the image");
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
              BuildContext.ignoreFile(folder.directory().resolve(".dockerignore")),
              folder.own() ? Optional.of(statCaches) : Optional.empty());
        });
  }

  @Override
  public synchronized void close() {
    main.ifPresent(BuildContext::close);
    open.values().forEach(BuildContext::close);
  }
}
