package io.berth.remote.transport;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The status line and the headers of an answer.
 *
 * @param headers by their names in lower case
 */
record Head(int status, Map<String, String> headers) {
  private static final int LONGEST_LINE = 256 << 10;
  private static final int MOST_LINES = 500;

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
  }

  boolean is(String name, String value) {
    return header(name).map(v -> v.toLowerCase(Locale.ROOT).contains(value)).orElse(false);
  }

  /** Reads one, passing over those that only say that there is more to come. */
  static Head read(InputStream in) throws IOException {
    Head head = readOne(in);
    while (head.status >= 100 && head.status < 200 && head.status != 101) {
      head = readOne(in);
    }
    return head;
  }

  private static Head readOne(InputStream in) throws IOException {
    String first = line(in);
    String[] words = first.split(" ", 3);
    if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("\\d{3}")) {
      throw new IOException("what answers is no HTTP server: \"" + printable(first) + "\"");
    }
    Map<String, String> headers = new TreeMap<>();
    for (int i = 0; ; i++) {
      String line = line(in);
      if (line.isEmpty()) {
        return new Head(Integer.parseInt(words[1]), headers);
      }
      int colon = line.indexOf(':');
      if (colon <= 0 || i >= MOST_LINES) {
        throw new IOException("the answer has broken headers: \"" + printable(line) + "\"");
      }
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
  }

  private static String printable(String text) {
    String clean = text.replaceAll("[^ -~]", "?");
    return clean.length() > 60 ? clean.substring(0, 60) + "..." : clean;
  }

  static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the connection was closed");
      }
      if (line.size() == LONGEST_LINE) {
        throw new IOException("the answer has a line that is too long");
      }
      line.write(b);
    }
    String text = line.toString(StandardCharsets.UTF_8);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }
}
