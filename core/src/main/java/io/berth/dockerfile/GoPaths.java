package io.berth.dockerfile;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Path functions with the semantics of Go's {@code path/filepath}, which Docker's rules refer to.
 */
public final class GoPaths {
  private GoPaths() {}

  /** As filepath.Clean: without {@code .}, {@code //} and, where possible, {@code ..}. */
  public static String clean(String path) {
    boolean rooted = path.startsWith("/");
    Deque<String> parts = new ArrayDeque<>();
    for (String part : path.split("/")) {
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (!part.equals("..")) {
        parts.addLast(part);
      } else if (!parts.isEmpty() && !parts.getLast().equals("..")) {
        parts.removeLast();
      } else if (!rooted) {
        parts.addLast(part);
      }
    }
    String joined = String.join("/", parts);
    return rooted ? "/" + joined : joined.isEmpty() ? "." : joined;
  }
}
