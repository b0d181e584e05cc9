package io.berth.cli;

/** Text for a terminal, which is not to do what an image, a registry or a container says. */
final class Plain {
  private Plain() {}

  /** With control characters shown rather than sent: {@code \x1b}. */
  static String text(String text) {
    if (text.chars().noneMatch(Plain::isControl)) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    text.chars()
        .forEach(
            c -> {
              if (isControl(c)) {
                shown.append(String.format("\\x%02x", c));
              } else {
                shown.append((char) c);
              }
            });
    return shown.toString();
  }

  private static boolean isControl(int c) {
    return Character.isISOControl(c);
  }
}
