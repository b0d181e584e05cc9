package io.berth.runtime.security;

import io.berth.error.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * Assembles classic BPF from its end to its beginning. Jumps go forward only, so a target is always
 * placed before the jump to it and every offset is known at once; a target beyond the reach of an
 * 8-bit offset is reached over an unconditional jump, which has 32 bits.
 *
 * <p>A label is the number of instructions that follow the labelled one.
 */
final class BpfAssembler {
  static final int LOAD = 0x20;
  static final int AND = 0x54;
  static final int JUMP = 0x05;
  static final int JEQ = 0x15;
  static final int JGT = 0x25;
  static final int JGE = 0x35;
  static final int RETURN = 0x06;

  /** {@code BPF_MAXINSNS}. */
  static final int MAX = 4096;

  // Up to two bridging jumps may still come between a jump and its target.
  private static final int REACH = 253;

  private final long[] code = new long[MAX];
  private final Map<Integer, Integer> returns = new HashMap<>();
  private int size;

  private int emit(int opcode, int onTrue, int onFalse, int constant) {
    if (size == MAX) {
      throw new InvalidInputException(
          "The seccomp profile compiles to more than the "
              + MAX
              + " instructions that the kernel takes; use fewer rules with arguments");
    }
    code[size] =
        (long) opcode << 48 | (long) onTrue << 40 | (long) onFalse << 32 | constant & 0xffffffffL;
    return size++;
  }

  /** An answer; one that is near enough is shared. */
  int answer(int value) {
    Integer known = returns.get(value);
    if (known != null && distance(known) <= REACH) {
      return known;
    }
    int label = emit(RETURN, 0, 0, value);
    returns.put(value, label);
    return label;
  }

  /** Loads a word of {@code seccomp_data}, then goes on at {@code next}. */
  int load(int offset, int next) {
    fallThrough(next);
    return emit(LOAD, 0, 0, offset);
  }

  int and(int mask, int next) {
    fallThrough(next);
    return emit(AND, 0, 0, mask);
  }

  int jump(int opcode, int constant, int onTrue, int onFalse) {
    if (onTrue == onFalse) {
      return onTrue;
    }
    int near = bridge(onTrue);
    int nearFalse = bridge(onFalse);
    return emit(opcode, distance(near), distance(nearFalse), constant);
  }

  private void fallThrough(int next) {
    if (next != size - 1) {
      emit(JUMP, 0, 0, distance(next));
    }
  }

  private int bridge(int label) {
    if (distance(label) <= REACH) {
      return label;
    }
    long target = code[label];
    return (int) (target >>> 48) == RETURN
        ? answer((int) target)
        : emit(JUMP, 0, 0, distance(label));
  }

  /** The offset from the instruction that comes next to a label. */
  private int distance(int label) {
    return size - label - 1;
  }

  byte[] assemble(int entry) {
    fallThrough(entry);
    ByteBuffer buffer =
        ByteBuffer.allocate(size * BpfProgram.INSTRUCTION_BYTES).order(ByteOrder.nativeOrder());
    for (int i = size - 1; i >= 0; i--) {
      buffer.putShort((short) (code[i] >>> 48));
      buffer.put((byte) (code[i] >>> 40));
      buffer.put((byte) (code[i] >>> 32));
      buffer.putInt((int) code[i]);
    }
    return buffer.array();
  }
}
