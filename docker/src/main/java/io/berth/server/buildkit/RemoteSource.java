package io.berth.server.buildkit;

import io.berth.api.ContextSource;
import io.berth.error.InvalidInputException;

/** What a client names by a URL. */
final class RemoteSource {
  private RemoteSource() {}

  /** Files of this host are nothing that a client can name. */
  static ContextSource of(String url) {
    if (!ContextSource.isGit(url) && !url.matches("(?s)https?://.*") || url.startsWith("file:")) {
      throw new InvalidInputException(
          "A remote context is a git repository or a URL, found " + url);
    }
    return ContextSource.parse(url);
  }
}
