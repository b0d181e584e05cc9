package io.berth.build;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts a stream of bytes into lines of text; characters may be split between two writes. */
final class LineSplitter {
  // A program that never ends its line must not fill the heap.
  private static final int LONGEST = 8192;

  private final Consumer<String> lines;
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private boolean afterReturn;

  LineSplitter(Consumer<String> lines) {
    this.lines = lines;
  }

  void write(byte[] bytes) {
    for (byte b : bytes) {
      boolean completesReturn = afterReturn && b == '\n';
      afterReturn = b == '\r';
      if (completesReturn) {
        continue;
      }
      // A lone return is how progress bars start over: each state becomes a line.
      if (b == '\n' || b == '\r') {
        emit();
      } else {
        pending.write(b);
        // Not in the middle of a character.
        if (pending.size() >= LONGEST && b >= 0) {
          emit();
        }
      }
    }
  }

  /** Emits the last line when it had no end. */
  void end() {
    if (pending.size() > 0) {
      emit();
    }
  }

  private void emit() {
    String line = pending.toString(StandardCharsets.UTF_8);
    pending.reset();
    lines.accept(line);
  }
}
