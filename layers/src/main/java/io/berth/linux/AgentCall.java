package io.berth.linux;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * One system call for an {@link Agent}, argument by argument; the layout is that of {@code struct
 * request} in agent.c.
 */
final class AgentCall {
  static final int HEAD = 24 + 6 * 16;

  private static final int VALUE = 0;
  private static final int FD = 1;
  private static final int IN = 2;
  private static final int OUT = 3;
  private static final int FD_PATH = 4;
  private static final int RESULT_IS_FD = 1;

  private final long number;
  private final List<Integer> fds = new ArrayList<>();
  private final ByteBuffer arguments = ByteBuffer.allocate(96).order(ByteOrder.nativeOrder());
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private int flags;
  private int outSize;
  private int directory = -1;
  private int words;
  private byte[] output = {};

  private AgentCall(long number) {
    this.number = number;
  }

  static AgentCall of(long number) {
    return new AgentCall(number);
  }

  /** A program to run, whose exit code is the result. */
  static AgentCall program(List<String> words) {
    AgentCall call = new AgentCall(-1);
    call.words = words.size();
    call.outSize = 4096;
    words.forEach(word -> call.data.writeBytes(Names.path(word)));
    return call;
  }

  AgentCall value(long value) {
    return argument(VALUE, 0, value);
  }

  AgentCall fd(Fd fd) {
    return argument(FD, 0, index(fd));
  }

  /** Bytes that the call reads; a path must end with NUL. */
  AgentCall bytes(byte[] bytes) {
    return argument(IN, 0, add(bytes));
  }

  AgentCall path(String path) {
    return bytes(Names.path(path));
  }

  AgentCall longs(long... values) {
    ByteBuffer buffer = ByteBuffer.allocate(8 * values.length).order(ByteOrder.nativeOrder());
    for (long value : values) {
      buffer.putLong(value);
    }
    return bytes(buffer.array());
  }

  /** A path that begins at a descriptor. */
  AgentCall pathThrough(Fd fd, String rest) {
    return argument(FD_PATH, add(Names.path(rest)), index(fd));
  }

  /** A buffer that the call fills; one at most. */
  AgentCall buffer(int size) {
    outSize = size;
    return argument(OUT, 0, 0);
  }

  /** The result is a descriptor, which comes back as one of this process. */
  AgentCall opens() {
    flags |= RESULT_IS_FD;
    return this;
  }

  /** Relative paths begin in this directory. */
  AgentCall in(Fd home) {
    directory = index(home);
    return this;
  }

  private AgentCall argument(int kind, int more, long value) {
    arguments.putInt(kind).putInt(more).putLong(value);
    return this;
  }

  private int index(Fd fd) {
    if (fd.number() < 0) {
      return -1;
    }
    fds.add(fd.number());
    return fds.size() - 1;
  }

  private int add(byte[] bytes) {
    // Aligned, as the kernel wants structures.
    while (data.size() % 8 != 0) {
      data.write(0);
    }
    int at = data.size();
    data.writeBytes(bytes);
    return at;
  }

  boolean opensFd() {
    return flags == RESULT_IS_FD;
  }

  int outSize() {
    return outSize;
  }

  List<Integer> fds() {
    return fds;
  }

  byte[] encode() {
    ByteBuffer message = ByteBuffer.allocate(HEAD + data.size()).order(ByteOrder.nativeOrder());
    message.putLong(number).putInt(flags).putInt(outSize).putInt(directory).putInt(words);
    message.put(arguments.array()).put(data.toByteArray());
    return message.array();
  }

  void output(byte[] bytes) {
    output = bytes;
  }

  /** What the call has put into its buffer. */
  byte[] output() {
    return output;
  }
}
