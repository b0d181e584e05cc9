package io.berth.oci;

import io.berth.error.InvalidInputException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of an image, in full: {@code docker.io/library/redis:7@sha256:…}. Follows the grammar
 * and the normalization of distribution/reference, so a name means here what it means to Docker.
 *
 * <pre>{@code
 * Reference redis = Reference.parse("redis").withDefaultTag();
 * redis.toString();  // docker.io/library/redis:latest
 * redis.familiar();  // redis:latest
 * }</pre>
 *
 * <p>{@link #toString()} gives the full form, and parsing it gives an equal reference. So does the
 * familiar form, for people, which unlike Docker's is the full one for a few odd names on Docker
 * Hub, such as {@code docker.io/localhost/x}: a name in a list is not taken for another image.
 *
 * @param domain host and optional port of the registry; Docker Hub is {@code docker.io}
 * @param path the repository in the registry, at most 255 characters
 * @param tag the tag, if any
 * @param digest the digest of the manifest, if any; where there are both, it is the digest that
 *     counts
 */
public record Reference(String domain, String path, Optional<String> tag, Optional<Digest> digest) {
  public static final String DOCKER_HUB = "docker.io";
  public static final String DEFAULT_TAG = "latest";

  private static final String OFFICIAL = "library/";
  private static final Pattern IMAGE_ID = Pattern.compile("[0-9a-f]{64}");

  public Reference {
    String name = domain + "/" + path;
    ReferenceGrammar.checkDomain(domain, name);
    ReferenceGrammar.checkPath(path, name);
    tag.ifPresent(t -> ReferenceGrammar.checkTag(t, name));
    // These would be read back as something else.
    if (!ReferenceGrammar.isDomain(domain)
        || domain.equals(ReferenceGrammar.LEGACY_DOCKER_HUB)
        || (domain.equals(DOCKER_HUB) && path.indexOf('/') < 0)) {
      throw new InvalidInputException(
          "Invalid image name " + Quoted.of(name) + ": not in its full form; use Reference.parse");
    }
  }

  /**
   * Parses a full or familiar name. Adds no tag: see {@link #withDefaultTag()}.
   *
   * @throws InvalidInputException when it is no valid name, with the reason
   */
  public static Reference parse(String text) {
    return ReferenceGrammar.parse(text);
  }

  /** The full name without tag and digest: {@code docker.io/library/redis}. */
  public String name() {
    return domain + "/" + path;
  }

  /**
   * The name as people write it, without tag and digest: {@code redis}. It is the full name where a
   * shorter one would be read as another image: {@code docker.io/example.com/app}.
   */
  public String familiarName() {
    if (!domain.equals(DOCKER_HUB)) {
      return name();
    }
    boolean official = path.startsWith(OFFICIAL) && path.indexOf('/', OFFICIAL.length()) < 0;
    String familiar = official ? path.substring(OFFICIAL.length()) : path;
    return isReadAsAnother(familiar) ? name() : familiar;
  }

  private static boolean isReadAsAnother(String name) {
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    return first.contains(".") || first.equals("localhost") || IMAGE_ID.matcher(name).matches();
  }

  /** The name as people write it, with tag and digest: {@code redis:7}. */
  public String familiar() {
    return familiarName() + suffix();
  }

  /** Whether there is neither tag nor digest. */
  public boolean isNameOnly() {
    return tag.isEmpty() && digest.isEmpty();
  }

  /** This, with the tag {@code latest} when it has neither tag nor digest. */
  public Reference withDefaultTag() {
    return isNameOnly() ? tagged(DEFAULT_TAG) : this;
  }

  /** This with another tag, and with the same digest, if any. */
  public Reference tagged(String newTag) {
    return new Reference(domain, path, Optional.of(newTag), digest);
  }

  /** This with another digest, and with the same tag, if any. */
  public Reference withDigest(Digest newDigest) {
    return new Reference(domain, path, tag, Optional.of(newDigest));
  }

  /** This without tag and digest. */
  public Reference nameOnly() {
    return new Reference(domain, path, Optional.empty(), Optional.empty());
  }

  /** This without its tag, when it has a digest too: the digest alone says which manifest it is. */
  public Reference preferDigest() {
    return digest.isEmpty() ? this : new Reference(domain, path, Optional.empty(), digest);
  }

  @Override
  public String toString() {
    return name() + suffix();
  }

  private String suffix() {
    return tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
  }
}
