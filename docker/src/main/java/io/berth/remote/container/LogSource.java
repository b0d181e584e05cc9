package io.berth.remote.container;

import io.berth.api.Logs;
import io.berth.remote.call.Api;
import io.berth.remote.call.StreamFeed;
import io.berth.remote.transport.Answer;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * The entries of a log as an engine sends them, each with its time in front: in frames, or for a
 * container with a terminal one line after another.
 */
final class LogSource implements StreamFeed.Source<Logs.Entry> {
  private static final int HEADER = 8;
  private static final int STDERR = 2;
  // Of a line, this much is one entry; the rest follows with a time of its own.
  private static final int PART = 16 << 10;
  // 2006-01-02T15:04:05.000000000Z and a blank.
  private static final int STAMP = 31;
  private static final int LONGEST = 64 << 20;

  private final Api api;
  private final Answer answer;
  private final boolean raw;
  private final InputStream in;
  private volatile boolean closed;

  /**
   * @param raw whether there are no frames
   */
  LogSource(Api api, Answer answer, boolean raw) {
    this.api = api;
    this.answer = answer;
    this.raw = raw;
    this.in = new BufferedInputStream(answer.body(), 32 << 10);
  }

  @Override
  public Optional<Logs.Entry> next() {
    try {
      return raw ? line() : frame();
    } catch (IOException e) {
      if (closed) {
        return Optional.empty();
      }
      throw api.broken(e);
    }
  }

  private Optional<Logs.Entry> frame() throws IOException {
    byte[] header = in.readNBytes(HEADER);
    if (header.length == 0) {
      return Optional.empty();
    }
    long length = header.length < HEADER ? 0 : ByteBuffer.wrap(header).getInt(4);
    if (length <= 0 || length > LONGEST || header[0] > STDERR) {
      throw new IOException("the log has no frames as Docker's");
    }
    byte[] bytes = in.readNBytes((int) length);
    if (bytes.length < length) {
      throw new EOFException("the connection was closed in the middle of a log");
    }
    return Optional.of(entry(header[0] == STDERR, bytes));
  }

  private Optional<Logs.Entry> line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      line.write(b);
      if (b == '\n' || line.size() == STAMP + PART && isStamp()) {
        break;
      }
    }
    return line.size() == 0 ? Optional.empty() : Optional.of(entry(false, line.toByteArray()));
  }

  private boolean isStamp() throws IOException {
    in.mark(STAMP);
    byte[] ahead = in.readNBytes(STAMP);
    in.reset();
    return new String(ahead, StandardCharsets.ISO_8859_1)
        .matches("\\d{4}-\\d\\d-\\d\\dT[\\d:.]{18}Z ");
  }

  private static Logs.Entry entry(boolean stderr, byte[] bytes) {
    int blank = 0;
    while (blank < bytes.length && bytes[blank] != ' ') {
      blank++;
    }
    String stamp = new String(bytes, 0, blank, StandardCharsets.ISO_8859_1);
    Optional<Instant> time = Values.time(stamp);
    return time.isEmpty()
        ? new Logs.Entry(Instant.EPOCH, stderr, bytes)
        : new Logs.Entry(
            time.get(),
            stderr,
            Arrays.copyOfRange(bytes, Math.min(blank + 1, bytes.length), bytes.length));
  }

  @Override
  public void close() {
    closed = true;
    answer.close();
  }
}
