package io.berth.archive;

import io.berth.error.InvalidInputException;
import io.berth.oci.Digest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The names that archives and layouts use (OCI image-spec, image-layout.md; moby, tarexport). */
final class ArchiveNames {
  static final String LAYOUT = "oci-layout";
  static final String INDEX = "index.json";
  static final String MANIFEST = "manifest.json";
  static final String REPOSITORIES = "repositories";

  private static final String BLOBS = "blobs/";

  private ArchiveNames() {}

  static String blob(Digest digest) {
    return BLOBS + digest.algorithm() + "/" + digest.hex();
  }

  /** The digest that a blob's name promises; empty for other names. */
  static Optional<Digest> digest(String name) {
    String[] parts = name.split("/");
    return name.startsWith(BLOBS) && parts.length == 3
        ? Optional.of(new Digest(parts[1], parts[2]))
        : Optional.empty();
  }

  /** The name of an entry without {@code ./}; names that lead out are no images' names. */
  static String of(String name) {
    if (name.startsWith("/")) {
      throw outside(name);
    }
    return resolve("", name);
  }

  /** What a symlink in an archive points to: another name in it. */
  static String target(String link, String target) {
    if (target.startsWith("/")) {
      throw outside(target);
    }
    return resolve(link.substring(0, link.lastIndexOf('/') + 1), target);
  }

  private static String resolve(String directory, String name) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : (directory + name).split("/")) {
      if (part.equals("..")) {
        if (parts.isEmpty() || directory.isEmpty()) {
          throw outside(name);
        }
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return String.join("/", parts);
  }

  private static InvalidInputException outside(String name) {
    return new InvalidInputException(
        "Invalid image archive: the name " + name + " leads out of it; it is hostile or damaged");
  }
}
