package io.berth.api;

import io.berth.error.InvalidInputException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a build's files come from: its context, or a named one for {@code FROM}, {@code COPY
 * --from} and {@code RUN --mount=from=}.
 *
 * <pre>{@code
 * berth.images().build(ContextSource.git("https://example.com/app.git#v1.2:server")).execute();
 * berth.images().build(path).buildContext("assets", ContextSource.directory(assets)).execute();
 * }</pre>
 */
public sealed interface ContextSource {
  /** A directory of this host. */
  record Directory(Path path) implements ContextSource {}

  /** A tar, plain or compressed with gzip or zstd; read once, to its end. */
  record Archive(InputStream tar) implements ContextSource {}

  /** Contents by their paths. */
  record Files(Map<String, byte[]> files) implements ContextSource {
    public Files {
      files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    }
  }

  /** A git repository: {@code URL}, {@code URL#REF} or {@code URL#REF:DIRECTORY}. */
  record Git(String url) implements ContextSource {}

  /** A tar behind a URL; for the context of a build also a Dockerfile. */
  record Download(String url) implements ContextSource {}

  /** An image of the store, or of a registry; for named contexts. */
  record StoredImage(String reference) implements ContextSource {}

  /** An image of an OCI layout directory; for named contexts. */
  record Layout(Path directory, Optional<String> name) implements ContextSource {}

  static ContextSource directory(Path path) {
    return new Directory(path);
  }

  static ContextSource tar(InputStream tar) {
    return new Archive(tar);
  }

  static ContextSource files(Map<String, byte[]> files) {
    return new Files(files);
  }

  static ContextSource git(String url) {
    return new Git(url);
  }

  static ContextSource image(String reference) {
    return new StoredImage(reference);
  }

  /**
   * As {@code docker build} takes it: a path, a git or other URL, {@code docker-image://NAME},
   * {@code oci-layout://PATH[:TAG]}.
   */
  static ContextSource parse(String text) {
    if (text.isEmpty()) {
      throw new InvalidInputException("Expected a context: a directory or a URL, found nothing");
    }
    if (text.startsWith("docker-image://")) {
      return new StoredImage(text.substring("docker-image://".length()));
    }
    if (text.startsWith("oci-layout://")) {
      String rest = text.substring("oci-layout://".length());
      int at = rest.indexOf('@');
      int separator = at >= 0 ? at : rest.indexOf(':', rest.lastIndexOf('/') + 1);
      return separator < 0
          ? new Layout(Path.of(rest), Optional.empty())
          : new Layout(
              Path.of(rest.substring(0, separator)), Optional.of(rest.substring(separator + 1)));
    }
    if (isGit(text)) {
      return new Git(text);
    }
    if (text.startsWith("http://") || text.startsWith("https://")) {
      return new Download(text);
    }
    return new Directory(Path.of(text));
  }

  /** Whether a URL is one of a git repository, as Docker tells them apart. */
  static boolean isGit(String url) {
    return Pattern.matches("(?s)(git|ssh)://.*|[\\w.-]+@[\\w.-]+:.*|github\\.com/.*", url)
        || Pattern.matches("(?s)(https?|file)://[^#?]*\\.git/?(#.*)?", url);
  }
}
