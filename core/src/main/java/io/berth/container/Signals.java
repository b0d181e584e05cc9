package io.berth.container;

import io.berth.error.InvalidInputException;
import java.util.List;
import java.util.Locale;

/** Signal names, as in signal(7) on x86_64 and aarch64. */
final class Signals {
  private static final List<String> NAMES =
      List.of(
          "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV",
          "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU",
          "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");
  static final int KILL = 9;
  private static final int RTMIN = 34;
  private static final int RTMAX = 64;

  private Signals() {}

  /**
   * {@code TERM}, {@code SIGTERM}, {@code sigterm}, {@code 15}, {@code RTMIN+3}, {@code RTMAX-1}.
   */
  static int parse(String text) {
    String name = text.toUpperCase(Locale.ROOT);
    if (name.startsWith("SIG")) {
      name = name.substring(3);
    }
    int number = name.isEmpty() ? -1 : NAMES.indexOf(name);
    try {
      if (number < 0 && name.startsWith("RTMIN")) {
        number = RTMIN + (name.length() == 5 ? 0 : Integer.parseInt(name.substring(5)));
      } else if (number < 0 && name.startsWith("RTMAX")) {
        number = RTMAX + (name.length() == 5 ? 0 : Integer.parseInt(name.substring(5)));
      } else if (number < 0) {
        number = Integer.parseInt(name);
      }
    } catch (NumberFormatException e) {
      number = -1;
    }
    if (number < 1 || number > RTMAX) {
      throw new InvalidInputException(
          "Invalid signal \"" + text + "\": expected a name such as TERM or a number from 1 to 64");
    }
    return number;
  }
}
