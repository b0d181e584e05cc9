package io.berth.runtime.security;

import io.berth.runtime.security.SeccompArgument.Operator;
import io.berth.runtime.security.SyscallPolicy.Guarded;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Turns policies into instructions: a search tree over call numbers for each ABI. */
final class SeccompCodeGenerator {
  // Offsets in struct seccomp_data of linux/seccomp.h.
  private static final int NUMBER = 0;
  private static final int ARCH = 4;
  private static final int ARGUMENTS = 16;
  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  private static final long LOW = 0xffffffffL;

  private final BpfAssembler assembler = new BpfAssembler();

  byte[] generate(List<SyscallPolicy> policies) {
    int next = answer(SeccompAction.KILL_PROCESS);
    // From the last to the first, so that the native ABI is tested first.
    for (int i = policies.size() - 1; i >= 0; i--) {
      SyscallPolicy policy = policies.get(i);
      int body = assembler.load(NUMBER, tree(ranges(policy)));
      next = assembler.jump(BpfAssembler.JEQ, policy.abi().auditArch(), body, next);
    }
    return assembler.assemble(assembler.load(ARCH, next));
  }

  private int answer(SeccompAction action) {
    return assembler.answer(action.returnValue());
  }

  /** The answers by number, neighbours with the same one joined. */
  private List<Leaf> ranges(SyscallPolicy policy) {
    List<Leaf> leaves = new ArrayList<>();
    Leaf fallback = new Leaf(0, policy.defaultAction(), List.of());
    long next = 0;
    long unknown = policy.firstUnknown().orElse(-1);
    for (Map.Entry<Integer, List<Guarded>> call : policy.calls().entrySet()) {
      long number = call.getKey();
      gap(leaves, next, number, unknown, fallback);
      List<Guarded> guarded = call.getValue();
      boolean plain = guarded.get(0).arguments().isEmpty();
      append(
          leaves,
          plain
              ? new Leaf(number, guarded.get(0).action(), List.of())
              : new Leaf(number, policy.defaultAction(), guarded));
      next = number + 1;
    }
    boolean x32 = policy.abi() == SyscallAbi.X86_64;
    gap(leaves, next, x32 ? SyscallPolicy.X32_BIT : LOW + 1, unknown, fallback);
    if (x32) {
      append(leaves, fallback.from(SyscallPolicy.X32_BIT));
    }
    return leaves;
  }

  private static void gap(List<Leaf> leaves, long from, long to, long unknown, Leaf fallback) {
    if (from >= to) {
      return;
    }
    if (unknown < 0 || unknown >= to) {
      append(leaves, fallback.from(from));
    } else if (unknown <= from) {
      append(leaves, new Leaf(from, SeccompAction.ENOSYS, List.of()));
    } else {
      append(leaves, fallback.from(from));
      append(leaves, new Leaf(unknown, SeccompAction.ENOSYS, List.of()));
    }
  }

  private static void append(List<Leaf> leaves, Leaf leaf) {
    Leaf last = leaves.isEmpty() ? null : leaves.get(leaves.size() - 1);
    boolean same =
        last != null
            && last.guarded.isEmpty()
            && leaf.guarded.isEmpty()
            && last.action.equals(leaf.action);
    if (!same) {
      leaves.add(leaf);
    }
  }

  /** One leaf of the tree over numbers: from {@code first} on, guards if any, then an action. */
  private record Leaf(long first, SeccompAction action, List<Guarded> guarded) {
    Leaf from(long start) {
      return new Leaf(start, action, guarded);
    }
  }

  /** Emits the leaves as they are needed, from the last to the first, to keep jumps short. */
  private int tree(List<Leaf> leaves) {
    if (leaves.size() == 1) {
      Leaf leaf = leaves.get(0);
      return leaf.guarded.isEmpty() ? answer(leaf.action) : guarded(leaf.guarded, leaf.action);
    }
    int middle = leaves.size() / 2;
    int high = tree(leaves.subList(middle, leaves.size()));
    int low = tree(leaves.subList(0, middle));
    return assembler.jump(BpfAssembler.JGE, (int) leaves.get(middle).first, high, low);
  }

  private int guarded(List<Guarded> rules, SeccompAction otherwise) {
    return searchable(rules) ? search(rules, otherwise) : chain(rules, otherwise);
  }

  /** Whether all is decided by the low half of one argument, the high half being zero. */
  private static boolean searchable(List<Guarded> rules) {
    int index = rules.get(0).arguments().get(0).index();
    return rules.stream()
        .allMatch(
            rule ->
                rule.arguments().size() == 1
                    && rule.arguments().get(0).index() == index
                    && rule.arguments().get(0).operator() != Operator.MASKED_EQ
                    && Long.compareUnsigned(rule.arguments().get(0).value(), LOW) < 0);
  }

  private int search(List<Guarded> rules, SeccompAction otherwise) {
    int index = rules.get(0).arguments().get(0).index();
    TreeSet<Long> bounds = new TreeSet<>(List.of(0L));
    for (Guarded rule : rules) {
      bounds.add(rule.arguments().get(0).value());
      bounds.add(rule.arguments().get(0).value() + 1);
    }
    List<Leaf> leaves = new ArrayList<>();
    for (long bound : bounds) {
      append(leaves, new Leaf(bound, decide(rules, bound, otherwise), List.of()));
    }
    int low = assembler.load(offset(index, false), tree(leaves));
    int high = answer(decide(rules, LOW + 1, otherwise));
    return assembler.load(offset(index, true), assembler.jump(BpfAssembler.JEQ, 0, low, high));
  }

  private static SeccompAction decide(List<Guarded> rules, long value, SeccompAction otherwise) {
    for (Guarded rule : rules) {
      if (rule.arguments().get(0).matches(value)) {
        return rule.action();
      }
    }
    return otherwise;
  }

  private int chain(List<Guarded> rules, SeccompAction otherwise) {
    int fail = answer(otherwise);
    for (int i = rules.size() - 1; i >= 0; i--) {
      int pass = answer(rules.get(i).action());
      List<SeccompArgument> arguments = rules.get(i).arguments();
      for (int j = arguments.size() - 1; j >= 0; j--) {
        pass = compare(arguments.get(j), pass, fail);
      }
      fail = pass;
    }
    return fail;
  }

  private int compare(SeccompArgument argument, int pass, int fail) {
    return switch (argument.operator()) {
      case EQ -> equal(argument, -1L, argument.value(), pass, fail);
      case NE -> equal(argument, -1L, argument.value(), fail, pass);
      case MASKED_EQ -> equal(argument, argument.value(), argument.valueTwo(), pass, fail);
      case GE -> above(argument, BpfAssembler.JGE, pass, fail);
      case GT -> above(argument, BpfAssembler.JGT, pass, fail);
      case LT -> above(argument, BpfAssembler.JGE, fail, pass);
      case LE -> above(argument, BpfAssembler.JGT, fail, pass);
    };
  }

  private int equal(SeccompArgument argument, long mask, long expected, int pass, int fail) {
    int low = half(argument.index(), false, (int) mask, (int) expected, pass, fail);
    return half(argument.index(), true, (int) (mask >>> 32), (int) (expected >>> 32), low, fail);
  }

  private int half(int index, boolean high, int mask, int expected, int pass, int fail) {
    if (mask == 0) {
      return expected == 0 ? pass : fail;
    }
    int test = assembler.jump(BpfAssembler.JEQ, expected, pass, fail);
    int masked = mask == -1 ? test : assembler.and(mask, test);
    return assembler.load(offset(index, high), masked);
  }

  private int above(SeccompArgument argument, int opcode, int pass, int fail) {
    int high = (int) (argument.value() >>> 32);
    int low =
        assembler.load(
            offset(argument.index(), false),
            assembler.jump(opcode, (int) argument.value(), pass, fail));
    int same = assembler.jump(BpfAssembler.JEQ, high, low, fail);
    return assembler.load(
        offset(argument.index(), true), assembler.jump(BpfAssembler.JGT, high, pass, same));
  }

  private static int offset(int index, boolean high) {
    return ARGUMENTS + index * Long.BYTES + (high == LITTLE ? Integer.BYTES : 0);
  }
}
