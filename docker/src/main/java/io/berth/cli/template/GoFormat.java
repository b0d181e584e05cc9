package io.berth.cli.template;

import java.util.List;

/** Go's printf, with the verbs v, s, d, q, t, f, x and %, flags and widths. */
final class GoFormat {
  private GoFormat() {}

  static String format(String format, List<Object> args) {
    StringBuilder out = new StringBuilder();
    int next = 0;
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%') {
        out.append(c);
        continue;
      }
      int start = i++;
      while (i < format.length() && "-+# 0123456789.".indexOf(format.charAt(i)) >= 0) {
        i++;
      }
      if (i == format.length()) {
        return out.append("%!(NOVERB)").toString();
      }
      char verb = format.charAt(i);
      if (verb == '%') {
        out.append('%');
      } else if (next >= args.size()) {
        out.append("%!").append(verb).append("(MISSING)");
      } else {
        out.append(one(format.substring(start + 1, i), verb, args.get(next++)));
      }
    }
    return out.toString();
  }

  private static String one(String flags, char verb, Object value) {
    String wide = flags.replace("#", "");
    return switch (verb) {
      case 'v', 's', 't' -> pad(wide, GoText.of(value));
      case 'q' ->
          pad(wide, '"' + GoText.of(value).replace("\\", "\\\\").replace("\"", "\\\"") + '"');
      case 'd', 'x', 'X', 'o' ->
          value instanceof Long number
              ? String.format("%" + wide + verb, number)
              : wrong(verb, value);
      case 'f', 'e', 'g' ->
          value instanceof Number number
              ? String.format("%" + wide + (verb == 'g' ? 's' : verb), number.doubleValue())
              : wrong(verb, value);
      default -> wrong(verb, value);
    };
  }

  private static String pad(String flags, String text) {
    String plain = flags.replaceAll("[+0 ]", "").isEmpty() ? "" : flags.replaceAll("[+ ]", "");
    return plain.isEmpty() || plain.equals("-") ? text : String.format("%" + plain + "s", text);
  }

  private static String wrong(char verb, Object value) {
    return "%!" + verb + "(" + GoText.of(value) + ")";
  }
}
