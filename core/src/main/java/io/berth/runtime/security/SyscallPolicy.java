package io.berth.runtime.security;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What a profile says about the calls of one ABI, by number. A rule without arguments decides a
 * call alone (the first such rule counts); otherwise the first rule whose arguments match does.
 */
final class SyscallPolicy {
  /** ARM's private calls (cacheflush, set_tls) lie from here on, apart from the others. */
  static final int ARM_PRIVATE = 0xf0000;

  /** x32 calls carry this bit; {@code -1}, what a tracer sets to skip a call, does too. */
  static final int X32_BIT = 0x40000000;

  /** An answer that depends on the arguments, all of which must match. */
  record Guarded(List<SeccompArgument> arguments, SeccompAction action) {}

  private final SyscallAbi abi;
  private final SeccompAction defaultAction;
  private final TreeMap<Integer, List<Guarded>> calls = new TreeMap<>();
  private int lastKnown = -1;

  SyscallPolicy(
      SyscallAbi abi, SyscallTable table, SeccompAction defaultAction, List<SeccompRule> rules) {
    this.abi = abi;
    this.defaultAction = defaultAction;
    Map<Integer, SeccompAction> settled = new HashMap<>();
    for (SeccompRule rule : rules) {
      for (String name : rule.names()) {
        OptionalInt number = table.number(name);
        if (number.isPresent()) {
          add(number.getAsInt(), rule, settled);
        }
      }
    }
    settled.forEach((number, action) -> calls.put(number, List.of(new Guarded(List.of(), action))));
  }

  private void add(int number, SeccompRule rule, Map<Integer, SeccompAction> settled) {
    if (number < ARM_PRIVATE) {
      lastKnown = Math.max(lastKnown, number);
    }
    // libseccomp has no rules that repeat the default action, and runc leaves them out too.
    if (rule.action().equals(defaultAction)) {
      return;
    }
    if (rule.arguments().isEmpty()) {
      settled.putIfAbsent(number, rule.action());
      return;
    }
    List<Guarded> guarded = calls.computeIfAbsent(number, key -> new ArrayList<>());
    long indexes = rule.arguments().stream().mapToInt(SeccompArgument::index).distinct().count();
    if (indexes == rule.arguments().size()) {
      guarded.add(new Guarded(rule.arguments(), rule.action()));
    } else {
      // Several comparisons of one argument are alternatives in runc, and so in Docker's profiles.
      rule.arguments().forEach(a -> guarded.add(new Guarded(List.of(a), rule.action())));
    }
  }

  SyscallAbi abi() {
    return abi;
  }

  SeccompAction defaultAction() {
    return defaultAction;
  }

  /** The calls that rules are about, in the order of their numbers. */
  TreeMap<Integer, List<Guarded>> calls() {
    return calls;
  }

  /**
   * The first number that is newer than all the profile names. Calls from there on do not exist as
   * far as its author knew, and programs that probe for them expect ENOSYS, not EPERM. Empty when
   * the default lets calls pass or is ENOSYS itself.
   */
  OptionalInt firstUnknown() {
    boolean refuses =
        switch (defaultAction.type()) {
          case ALLOW, LOG, TRACE -> false;
          case ERRNO, TRAP, KILL_THREAD, KILL_PROCESS -> true;
        };
    return refuses && lastKnown >= 0 && !defaultAction.equals(SeccompAction.ENOSYS)
        ? OptionalInt.of(lastKnown + 1)
        : OptionalInt.empty();
  }
}
