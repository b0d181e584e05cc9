package io.berth.runtime.security;

import java.util.List;

/** What a profile means, said as plainly as possible, to compare compiled programs with. */
record SeccompModel(
    SeccompProfile profile,
    CapabilitySet capabilities,
    Architecture architecture,
    KernelVersion kernel) {

  SeccompAction answer(SyscallAbi abi, SyscallTable table, int number, long... arguments) {
    if (abi == SyscallAbi.X86_64 && Integer.compareUnsigned(number, 0x40000000) >= 0) {
      return profile.defaultAction();
    }
    List<SeccompRule> rules =
        profile.rules().stream()
            .filter(rule -> rule.applies(capabilities, architecture, kernel))
            .toList();
    List<SeccompRule> about =
        rules.stream()
            .filter(rule -> !rule.action().equals(profile.defaultAction()))
            .filter(rule -> names(rule, table, number))
            .toList();
    for (SeccompRule rule : about) {
      if (rule.arguments().isEmpty()) {
        return rule.action();
      }
    }
    for (SeccompRule rule : about) {
      if (matches(rule, arguments)) {
        return rule.action();
      }
    }
    long last =
        rules.stream()
            .flatMap(rule -> rule.names().stream())
            .mapToInt(name -> table.number(name).orElse(-1))
            .filter(known -> known < 0xf0000)
            .max()
            .orElse(-1);
    boolean refuses =
        switch (profile.defaultAction().type()) {
          case ALLOW, LOG, TRACE -> false;
          default -> true;
        };
    boolean isKnown = !about.isEmpty();
    return refuses && last >= 0 && !isKnown && Integer.toUnsignedLong(number) > last
        ? new SeccompAction(SeccompAction.Type.ERRNO, 38)
        : profile.defaultAction();
  }

  private static boolean names(SeccompRule rule, SyscallTable table, int number) {
    return rule.names().stream().anyMatch(name -> table.number(name).orElse(-1) == number)
        && number >= 0;
  }

  private static boolean matches(SeccompRule rule, long[] arguments) {
    long indexes = rule.arguments().stream().mapToInt(SeccompArgument::index).distinct().count();
    return indexes < rule.arguments().size()
        ? rule.arguments().stream().anyMatch(a -> a.matches(arguments[a.index()]))
        : rule.arguments().stream().allMatch(a -> a.matches(arguments[a.index()]));
  }
}
