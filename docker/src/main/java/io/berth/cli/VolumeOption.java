package io.berth.cli;

import io.berth.error.InvalidInputException;
import java.nio.file.Path;

/** A bind mount as {@code -v} writes it: {@code SRC:DST[:ro|rw]}. */
record VolumeOption(Path source, String target, boolean readOnly) {

  static VolumeOption parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length < 2 || parts.length > 3 || parts[0].isEmpty() || parts[1].isEmpty()) {
      throw new InvalidInputException(
          "Invalid volume \"" + text + "\": expected SRC:DST or SRC:DST:ro");
    }
    if (!parts[0].startsWith("/") && !parts[0].startsWith(".")) {
      throw new InvalidInputException(
          "Invalid volume \""
              + text
              + "\": named volumes are not supported in this release; give a path, such as ./"
              + parts[0]);
    }
    String mode = parts.length == 3 ? parts[2] : "rw";
    if (!mode.equals("ro") && !mode.equals("rw")) {
      throw new InvalidInputException(
          "Invalid volume \"" + text + "\": unknown mode \"" + mode + "\", expected ro or rw");
    }
    return new VolumeOption(
        Path.of(parts[0]).toAbsolutePath().normalize(), parts[1], mode.equals("ro"));
  }
}
