package io.berth.runtime.launch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What engine and monitor say to one another: u32 type, u32 length, payload; native byte order, as
 * both ends are on one machine.
 */
record Frame(int type, byte[] payload) {
  static final int STARTED = 1;
  static final int FAILED = 2;
  static final int WARNING = 3;
  static final int STUB = 4;
  static final int STDOUT = 5;
  static final int STDERR = 6;
  static final int EXITED = 7;
  static final int RESTARTING = 8;
  static final int ATTACHED = 9;
  static final int MAPPED = 10;
  static final int UPLINK = 11;
  static final int SPEC = 20;
  static final int STDIN = 21;
  static final int STDIN_CLOSE = 22;
  static final int SIGNAL = 23;
  static final int ATTACH = 24;
  static final int RESIZE = 25;
  static final int STOP = 26;
  static final int POLICY = 27;
  static final int PAUSED = 28;
  static final int VIEW = 29;
  static final int ADD = 30;
  static final int KEEP = 31;

  static final int NETWORK = 40;

  /** What a monitor takes in one frame. */
  static final int MAX_INPUT = 16 << 10;

  static final int HEADER = 8;

  static Frame ofInt(int type, int value) {
    return new Frame(type, allocate(4).putInt(value).array());
  }

  static Frame ofInts(int type, int first, int second) {
    return new Frame(type, allocate(8).putInt(first).putInt(second).array());
  }

  byte[] encode() {
    return allocate(HEADER + payload.length)
        .putInt(type)
        .putInt(payload.length)
        .put(payload)
        .array();
  }

  int intAt(int offset) {
    return ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder()).getInt(offset);
  }

  long longAt(int offset) {
    return ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder()).getLong(offset);
  }

  /** The NUL-terminated strings from an offset on. */
  String[] stringsFrom(int offset) {
    return new String(payload, offset, payload.length - offset, StandardCharsets.UTF_8)
        .split("\0", -1);
  }

  static ByteBuffer allocate(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }
}
