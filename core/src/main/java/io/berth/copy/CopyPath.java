package io.berth.copy;

import io.berth.dockerfile.GoPaths;

/**
 * A path as {@code docker cp} reads it: a last {@code /.} or {@code /} means something.
 *
 * @param text never empty
 */
public record CopyPath(String text) {
  public CopyPath {
    text = text.isEmpty() ? "." : text;
  }

  /** A path of a container, from its root, with its end kept. */
  public static CopyPath inRoot(String path) {
    CopyPath asked = new CopyPath(path);
    String clean = GoPaths.clean("/" + path);
    if (asked.isContents()) {
      return new CopyPath(clean.endsWith("/") ? clean + "." : clean + "/.");
    }
    boolean slash = path.endsWith("/") && !clean.endsWith("/");
    return new CopyPath(slash ? clean + "/" : clean);
  }

  /** Whether it stands for what is in a directory. */
  public boolean isContents() {
    return base().equals(".");
  }

  /** Whether it can only be a directory. */
  public boolean assertsDirectory() {
    return text.endsWith("/") || isContents();
  }

  /** As Go's filepath.Base. */
  public String base() {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '/') {
      end--;
    }
    return end == 0 ? "/" : text.substring(text.lastIndexOf('/', end - 1) + 1, end);
  }

  /** The directory of its entry: of {@code a/b} and {@code a/b/} it is a, of {@code a/b/.} b. */
  public CopyPath directory() {
    if (isContents()) {
      return new CopyPath(GoPaths.clean(text));
    }
    String clean = GoPaths.clean(text);
    int slash = clean.lastIndexOf('/');
    return new CopyPath(slash < 0 ? "." : slash == 0 ? "/" : clean.substring(0, slash));
  }

  /** The name of its entry: {@code .} for contents. */
  public String entry() {
    return isContents() ? "." : new CopyPath(GoPaths.clean(text)).base();
  }

  @Override
  public String toString() {
    return text;
  }
}
