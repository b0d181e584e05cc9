package io.berth.api;

import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a container wrote.
 *
 * @param entries in the order of writing
 */
public record Logs(List<Entry> entries) {
  public Logs {
    entries = List.copyOf(entries);
  }

  /**
   * One line, with its newline; or a part of a line, which is at most 16 KiB long.
   *
   * @param bytes as they were written, whether they are text or not
   * @param attributes what {@link LogOptions#attributes} asked for besides
   */
  public record Entry(Instant time, boolean stderr, byte[] bytes, Map<String, String> attributes) {
    public Entry {
      bytes = bytes.clone();
      attributes = Map.copyOf(attributes);
    }

    public Entry(Instant time, boolean stderr, byte[] bytes) {
      this(time, stderr, bytes, Map.of());
    }

    public Entry(Instant time, boolean stderr, String text) {
      this(time, stderr, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The attributes as docker shows them, {@code a=1,b=2}. */
    public String details() {
      return new TreeMap<>(attributes)
          .entrySet().stream()
              .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
              .collect(Collectors.joining(","));
    }

    private static String encoded(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public byte[] bytes() {
      return bytes.clone();
    }

    public String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Entry e
          && time.equals(e.time)
          && stderr == e.stderr
          && Arrays.equals(bytes, e.bytes)
          && attributes.equals(e.attributes);
    }

    @Override
    public int hashCode() {
      return Objects.hash(time, stderr, Arrays.hashCode(bytes));
    }

    @Override
    public String toString() {
      return time + (stderr ? " stderr " : " stdout ") + text();
    }
  }

  public String stdout() {
    return new String(stdoutBytes(), StandardCharsets.UTF_8);
  }

  public String stderr() {
    return new String(stderrBytes(), StandardCharsets.UTF_8);
  }

  public byte[] stdoutBytes() {
    return join(false);
  }

  public byte[] stderrBytes() {
    return join(true);
  }

  private byte[] join(boolean stderr) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    entries.stream().filter(e -> e.stderr() == stderr).forEach(e -> all.writeBytes(e.bytes));
    return all.toByteArray();
  }
}
