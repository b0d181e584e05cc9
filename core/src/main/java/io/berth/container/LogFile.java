package io.berth.container;

import io.berth.api.Logs;
import io.berth.error.StorageException;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads logs in Docker's json-file format. */
final class LogFile {
  static final Charset CHARSET = StandardCharsets.UTF_8;

  private LogFile() {}

  /** Everything in a container's log; a last line that is still being written is left out. */
  static Logs read(Path containerDirectory) {
    Path file = containerDirectory.resolve("log.json");
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return new Logs(List.of());
    } catch (IOException e) {
      throw new StorageException("Cannot read " + file + ": " + e, e);
    }
    List<Logs.Entry> entries = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        entries.add(entry(java.util.Arrays.copyOfRange(bytes, start, i)));
        start = i + 1;
      }
    }
    return new Logs(entries);
  }

  private static Logs.Entry entry(byte[] line) {
    JsonReader json =
        Json.parse(
            "log line " + new String(line, 0, Math.min(line.length, 40), StandardCharsets.UTF_8),
            line);
    return new Logs.Entry(
        json.at("time").instant(), json.string("stream").equals("stderr"), json.string("log"));
  }
}
