package io.berth.registry.server;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The paths of the distribution-spec. A repository's name may contain any of their words. */
enum Endpoint {
  BASE("/v2/?"),
  CATALOG("/v2/_catalog"),
  UPLOADS("/v2/(.+)/blobs/uploads/?"),
  UPLOAD("/v2/(.+)/blobs/uploads/([^/]+)"),
  BLOB("/v2/(.+)/blobs/([^/]+)"),
  MANIFEST("/v2/(.+)/manifests/([^/]+)"),
  TAGS("/v2/(.+)/tags/list"),
  REFERRERS("/v2/(.+)/referrers/([^/]+)");

  private final Pattern pattern;

  Endpoint(String regex) {
    this.pattern = Pattern.compile(regex);
  }

  /**
   * An endpoint with its variables.
   *
   * @param repository not checked yet; empty where the path has none
   * @param last the digest, tag or upload at the end of the path; empty where it has none
   */
  record Match(Endpoint endpoint, String repository, String last) {}

  static Optional<Match> of(String path) {
    for (Endpoint endpoint : values()) {
      Matcher matcher = endpoint.pattern.matcher(path);
      if (matcher.matches()) {
        return Optional.of(new Match(endpoint, group(matcher, 1), group(matcher, 2)));
      }
    }
    return Optional.empty();
  }

  private static String group(Matcher matcher, int number) {
    return number <= matcher.groupCount() ? matcher.group(number) : "";
  }
}
