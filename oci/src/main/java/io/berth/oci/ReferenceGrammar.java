package io.berth.oci;

import io.berth.error.InvalidInputException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The grammar of distribution/reference, and Docker's rules for familiar names. */
final class ReferenceGrammar {
  /** What Docker Hub was once called. */
  static final String LEGACY_DOCKER_HUB = "index.docker.io";

  private static final int MAX_PATH = 255;

  // Longer than any valid name; the patterns below use stack in proportion to what they match.
  private static final int MAX_TEXT = 1024;

  private static final Pattern IDENTIFIER = Pattern.compile("[a-f0-9]{64}");
  private static final Pattern COMPONENT = Pattern.compile("[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*");
  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
  private static final String LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
  private static final Pattern DOMAIN =
      Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?");

  private ReferenceGrammar() {}

  static Reference parse(String text) {
    if (text.isEmpty()) {
      throw invalid(text, "it is empty");
    }
    if (text.length() > MAX_TEXT) {
      throw invalid(text, "it is longer than " + MAX_TEXT + " characters");
    }
    if (text.contains("://")) {
      throw invalid(
          text, "it is not a URL; leave out " + text.substring(0, text.indexOf("://") + 3));
    }
    if (IDENTIFIER.matcher(text).matches()) {
      throw invalid(text, "64 hexadecimal digits are an image ID, and cannot be a repository name");
    }
    int at = text.indexOf('@');
    Optional<Digest> digest =
        at < 0 ? Optional.empty() : Optional.of(parseDigest(text.substring(at + 1), text));
    String tagged = at < 0 ? text : text.substring(0, at);

    int slash = tagged.indexOf('/');
    String domain = Reference.DOCKER_HUB;
    String rest = tagged;
    if (slash >= 0 && isDomain(tagged.substring(0, slash))) {
      domain = tagged.substring(0, slash);
      rest = tagged.substring(slash + 1);
      checkDomain(domain, text);
      if (domain.equals(LEGACY_DOCKER_HUB)) {
        domain = Reference.DOCKER_HUB;
      }
    }
    // Neither a path nor a tag contains a colon, so the first one ends the path.
    int colon = rest.indexOf(':');
    String path = colon < 0 ? rest : rest.substring(0, colon);
    Optional<String> tag = colon < 0 ? Optional.empty() : Optional.of(rest.substring(colon + 1));
    if (path.isEmpty()) {
      throw invalid(text, "it has no repository name");
    }
    // "docker.io/x:t/y" must fail below for its tag, as it does in Docker.
    checkLowerCase(path, text);
    if (domain.equals(Reference.DOCKER_HUB) && rest.indexOf('/') < 0) {
      path = "library/" + path;
    }
    checkPath(path, text);
    tag.ifPresent(t -> checkTag(t, text));
    return new Reference(domain, path, tag, digest);
  }

  /** Whether the text before the first slash names a registry and not a namespace of Docker Hub. */
  static boolean isDomain(String first) {
    return first.equals("localhost")
        || first.indexOf('.') >= 0
        || first.indexOf(':') >= 0
        || !first.toLowerCase(Locale.ROOT).equals(first);
  }

  static void checkDomain(String domain, String whole) {
    if (domain.length() > MAX_TEXT || !DOMAIN.matcher(domain).matches()) {
      throw invalid(
          whole,
          Quoted.of(domain)
              + " is not a registry; expected a host name, an IPv4 address or an IPv6 address in"
              + " brackets, and an optional port");
    }
  }

  static void checkPath(String path, String whole) {
    if (path.length() > MAX_PATH) {
      throw invalid(
          whole,
          "the repository name has " + path.length() + " characters; at most 255 are allowed");
    }
    checkLowerCase(path, whole);
    for (String component : path.split("/", -1)) {
      if (!COMPONENT.matcher(component).matches()) {
        throw invalid(
            whole,
            component.isEmpty()
                ? "the repository name has an empty part"
                : Quoted.of(component)
                    + " is not part of a repository name; expected lower-case letters and digits,"
                    + " separated by one '.', one or two '_', or any number of '-'");
      }
    }
  }

  private static void checkLowerCase(String path, String whole) {
    String lower = path.toLowerCase(Locale.ROOT);
    if (!lower.equals(path)) {
      throw invalid(whole, "the repository name must be lower case; use " + Quoted.of(lower));
    }
  }

  static void checkTag(String tag, String whole) {
    if (!TAG.matcher(tag).matches()) {
      throw invalid(
          whole,
          tag.isEmpty()
              ? "the tag after ':' is empty"
              : Quoted.of(tag)
                  + " is not a tag; expected up to 128 letters, digits, '_', '.' and '-', not"
                  + " beginning with '.' or '-'");
    }
  }

  private static Digest parseDigest(String digest, String whole) {
    try {
      return Digest.parse(digest);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(
          "Invalid image name " + Quoted.of(whole) + ": " + e.getMessage(), e);
    }
  }

  private static InvalidInputException invalid(String text, String reason) {
    return new InvalidInputException("Invalid image name " + Quoted.of(text) + ": " + reason);
  }
}
