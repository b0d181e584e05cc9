package io.berth.container;

import io.berth.api.Logs;
import io.berth.internal.RotatedLines;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A container's log in Docker's json-file format. A line that is not UTF-8, which JSON cannot hold,
 * has a field {@code raw} besides, which Docker's readers pass over.
 */
final class LogFile implements AutoCloseable {
  private final RotatedLines lines;

  private LogFile(RotatedLines lines) {
    this.lines = lines;
  }

  static LogFile open(Path containerDirectory) {
    return new LogFile(RotatedLines.open(containerDirectory.resolve("log.json")));
  }

  /** Goes to before the last so many entries. */
  void seekTail(int entries) {
    lines.seekTail(entries);
  }

  /** The next entry, if it is there now; one that is still being written is not. */
  Optional<Logs.Entry> next() {
    return lines.next().map(LogFile::entry);
  }

  /** Passes on what was there when the file of this inode was written to and had this size. */
  void upTo(long inode, long size, Consumer<Logs.Entry> action) {
    lines.stopAt(inode, size);
    for (Optional<Logs.Entry> entry = next(); entry.isPresent(); entry = next()) {
      action.accept(entry.get());
    }
  }

  private static Logs.Entry entry(byte[] line) {
    JsonReader json =
        Json.parse(
            "log line " + new String(line, 0, Math.min(line.length, 40), StandardCharsets.UTF_8),
            line);
    byte[] bytes =
        json.optionalString("raw")
            .map(Base64.getDecoder()::decode)
            .orElseGet(() -> json.string("log").getBytes(StandardCharsets.UTF_8));
    return new Logs.Entry(
        json.at("time").instant(),
        json.string("stream").equals("stderr"),
        bytes,
        json.stringMap("attrs"));
  }

  @Override
  public void close() {
    lines.close();
  }
}
