package io.berth.registry.server;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of content, both ends included (RFC 9110, section 14).
 *
 * @param end at least {@code start}
 */
record ByteRange(long start, long end) {
  private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");
  private static final Pattern CHUNK = Pattern.compile("(\\d{1,18})-(\\d{1,18})");

  long length() {
    return end - start + 1;
  }

  /** Whether a {@code Range} asks for one range; several, and other units, may be ignored. */
  static boolean isOne(String header) {
    Matcher matcher = ONE.matcher(header);
    return matcher.matches() && !(matcher.group(1).isEmpty() && matcher.group(2).isEmpty());
  }

  /** What a {@code Range} of one range asks of so many bytes; empty when it is outside of them. */
  static Optional<ByteRange> of(String header, long size) {
    Matcher matcher = ONE.matcher(header);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String first = matcher.group(1);
    String last = matcher.group(2);
    long start = first.isEmpty() ? Math.max(0, size - Long.parseLong(last)) : Long.parseLong(first);
    long end = first.isEmpty() || last.isEmpty() ? size - 1 : Long.parseLong(last);
    return start >= size || end < start
        ? Optional.empty()
        : Optional.of(new ByteRange(start, Math.min(end, size - 1)));
  }

  /** The {@code Content-Range} of an uploaded chunk, which the specification writes so. */
  static Optional<ByteRange> chunk(String header) {
    Matcher matcher = CHUNK.matcher(header);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long start = Long.parseLong(matcher.group(1));
    long end = Long.parseLong(matcher.group(2));
    return end < start ? Optional.empty() : Optional.of(new ByteRange(start, end));
  }
}
