package io.berth.runtime.security;

import io.berth.error.InvalidInputException;

/**
 * A comparison of one argument of a call, as an unsigned 64-bit number.
 *
 * @param index which argument, 0 to 5
 * @param value what to compare with; the mask for {@link Operator#MASKED_EQ}
 * @param valueTwo what the masked argument must be, for {@link Operator#MASKED_EQ}
 * @param operator how to compare
 */
public record SeccompArgument(int index, long value, long valueTwo, Operator operator) {
  /** The comparisons of libseccomp. */
  public enum Operator {
    NE,
    LT,
    LE,
    EQ,
    GE,
    GT,
    MASKED_EQ;

    private static final String PREFIX = "SCMP_CMP_";

    String profileName() {
      return PREFIX + name();
    }

    /** Finds an operator by its name in profiles, such as {@code SCMP_CMP_EQ}. */
    public static Operator parse(String name) {
      for (Operator operator : values()) {
        if (name.equals(PREFIX + operator.name())) {
          return operator;
        }
      }
      throw new InvalidInputException(
          "Unknown seccomp comparison \""
              + name
              + "\"; there are SCMP_CMP_NE, LT, LE, EQ, GE, GT and MASKED_EQ");
    }
  }

  public SeccompArgument {
    if (index < 0 || index > 5) {
      throw new InvalidInputException(
          "A system call has arguments 0 to 5, but a seccomp rule asks for argument " + index);
    }
  }

  /** Whether an argument passes. */
  boolean matches(long argument) {
    int order = Long.compareUnsigned(argument, value);
    return switch (operator) {
      case NE -> order != 0;
      case LT -> order < 0;
      case LE -> order <= 0;
      case EQ -> order == 0;
      case GE -> order >= 0;
      case GT -> order > 0;
      case MASKED_EQ -> (argument & value) == valueTwo;
    };
  }
}
