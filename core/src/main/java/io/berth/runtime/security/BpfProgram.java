package io.berth.runtime.security;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A classic BPF program for {@code seccomp(2)}: instructions as {@code struct sock_filter} in the
 * byte order of the machine.
 */
public final class BpfProgram {
  /** The size of {@code struct sock_filter}. */
  public static final int INSTRUCTION_BYTES = 8;

  private final byte[] bytes;
  private final int flags;

  BpfProgram(byte[] bytes, int flags) {
    this.bytes = bytes.clone();
    this.flags = flags;
  }

  /** The number of instructions, for {@code sock_fprog.len}. */
  public int length() {
    return bytes.length / INSTRUCTION_BYTES;
  }

  /** The flags to give to {@code seccomp(SECCOMP_SET_MODE_FILTER)}. */
  public int flags() {
    return flags;
  }

  /** A copy of the instructions. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** A read-only view of the instructions in native order. */
  public ByteBuffer buffer() {
    return ByteBuffer.wrap(bytes).asReadOnlyBuffer().order(ByteOrder.nativeOrder());
  }
}
