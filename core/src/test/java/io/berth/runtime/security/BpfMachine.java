package io.berth.runtime.security;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Runs classic BPF as the kernel does, with its checks on seccomp programs. */
final class BpfMachine {
  private final ByteBuffer code;
  private int steps;

  BpfMachine(BpfProgram program) {
    code = program.buffer();
  }

  int run(int arch, int number, long... arguments) {
    ByteBuffer data = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
    data.putInt(number).putInt(arch).putLong(0x7fff12345678L);
    for (long argument : arguments) {
      data.putLong(argument);
    }
    int accumulator = 0;
    steps = 0;
    for (int at = 0; ; at++) {
      steps++;
      int base = at * BpfProgram.INSTRUCTION_BYTES;
      int opcode = code.getShort(base) & 0xffff;
      int onTrue = code.get(base + 2) & 0xff;
      int onFalse = code.get(base + 3) & 0xff;
      int constant = code.getInt(base + 4);
      switch (opcode) {
        case 0x20 -> accumulator = data.getInt(constant);
        case 0x54 -> accumulator &= constant;
        case 0x05 -> at += constant;
        case 0x15 -> at += accumulator == constant ? onTrue : onFalse;
        case 0x25 -> at += Integer.compareUnsigned(accumulator, constant) > 0 ? onTrue : onFalse;
        case 0x35 -> at += Integer.compareUnsigned(accumulator, constant) >= 0 ? onTrue : onFalse;
        case 0x06 -> {
          return constant;
        }
        default -> throw new AssertionError("opcode 0x" + Integer.toHexString(opcode));
      }
    }
  }

  /** The number of instructions of the latest run. */
  int steps() {
    return steps;
  }
}
