package io.berth.layers;

import io.berth.error.InvalidInputException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Names in a tar as paths inside a root: relative, without dots, never leading out. */
final class EntryPaths {
  static final String WHITEOUT = ".wh.";
  static final String OPAQUE = ".wh..wh..opq";

  private EntryPaths() {}

  /**
   * The path of an entry: {@code ./a//b/} and {@code /a/b} are {@code a/b}; the root itself is
   * empty.
   *
   * @throws InvalidInputException when its {@code ..} lead out of the root
   */
  static String of(String name) {
    return of(name, name);
  }

  /** As {@link #of(String)}, for a path that another entry mentions. */
  static String of(String name, String entry) {
    Deque<String> parts = new ArrayDeque<>();
    for (String part : name.split("/")) {
      if (part.equals("..")) {
        if (parts.isEmpty()) {
          throw new InvalidInputException(
              "Tar entry " + entry + " leads out of the root; the archive is hostile or damaged");
        }
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return String.join("/", parts);
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  static String join(String parent, String name) {
    return parent.isEmpty() ? name : parent + "/" + name;
  }

  /** The name that a whiteout hides; tricks that would name a directory itself are refused. */
  static String hidden(String path) {
    String hidden = name(path).substring(WHITEOUT.length());
    if (hidden.isEmpty()
        || hidden.equals(".")
        || hidden.equals("..")
        || hidden.startsWith(WHITEOUT)) {
      throw new InvalidInputException(
          "Tar entry " + path + " is a whiteout of no file (OCI image-spec, layer.md, Whiteouts)");
    }
    return hidden;
  }

  static void checkNoWhiteoutDirectory(String path) {
    if (path.startsWith(WHITEOUT) && path.contains("/") || parent(path).contains("/" + WHITEOUT)) {
      throw new InvalidInputException(
          "Tar entry " + path + " lies inside a whiteout, which is no directory");
    }
  }
}
