package io.berth.cli;

import io.berth.cli.linux.Terminal;
import io.berth.error.InvalidInputException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes an archive to a file, whole or not at all, or to standard output. */
final class ArchiveOutput {
  private static final int BUFFER = 1 << 16;

  private ArchiveOutput() {}

  /** Writes to a stream, which it does not close. */
  interface Writer {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * @param file null for standard output
   */
  static void write(EngineCommand command, Path file, Writer writer) throws IOException {
    if (file == null) {
      if (command.session().onTerminal() && Terminal.of(1).isPresent()) {
        throw new InvalidInputException(
            "cowardly refusing to save to a terminal. Use the -o flag or redirect");
      }
      OutputStream out = new BufferedOutputStream(command.console().out(), BUFFER);
      writer.writeTo(out);
      out.flush();
      return;
    }
    Path temporary = Path.of(file + ".part");
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary), BUFFER)) {
        writer.writeTo(out);
      }
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
