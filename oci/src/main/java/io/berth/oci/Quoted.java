package io.berth.oci;

/** Shows outside text in an error message: quoted, on one line, not too long. */
final class Quoted {
  private static final int SHOWN = 300;

  private Quoted() {}

  static String of(String text) {
    String shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    StringBuilder quoted = new StringBuilder("\"");
    shown
        .codePoints()
        .forEach(
            c -> {
              if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                quoted.append(String.format("\\u%04x", c));
              } else {
                quoted.appendCodePoint(c);
              }
            });
    return quoted.append('"').toString();
  }
}
