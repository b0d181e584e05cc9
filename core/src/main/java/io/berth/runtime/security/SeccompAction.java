package io.berth.runtime.security;

import io.berth.error.InvalidInputException;

/**
 * What a filter answers to a call (seccomp(2), "action values").
 *
 * @param type the kind of answer
 * @param data the error number for {@link Type#ERRNO}, the message for {@link Type#TRACE}, else 0
 */
public record SeccompAction(Type type, int data) {
  /** The kinds of answers, with the names that profiles use and the values that the kernel uses. */
  public enum Type {
    KILL_PROCESS("SCMP_ACT_KILL_PROCESS", 0x80000000),
    KILL_THREAD("SCMP_ACT_KILL_THREAD", 0),
    TRAP("SCMP_ACT_TRAP", 0x00030000),
    ERRNO("SCMP_ACT_ERRNO", 0x00050000),
    TRACE("SCMP_ACT_TRACE", 0x7ff00000),
    LOG("SCMP_ACT_LOG", 0x7ffc0000),
    ALLOW("SCMP_ACT_ALLOW", 0x7fff0000);

    private final String profileName;
    private final int value;

    Type(String profileName, int value) {
      this.profileName = profileName;
      this.value = value;
    }

    /** Finds a type by its name in profiles; {@code SCMP_ACT_KILL} is the older KILL_THREAD. */
    public static Type parse(String name) {
      if (name.equals("SCMP_ACT_KILL")) {
        return KILL_THREAD;
      }
      for (Type type : values()) {
        if (type.profileName.equals(name)) {
          return type;
        }
      }
      throw new InvalidInputException(
          "Unknown seccomp action \""
              + name
              + "\"; there are SCMP_ACT_ALLOW, ERRNO, KILL, KILL_THREAD, KILL_PROCESS, TRAP, TRACE"
              + " and LOG (SCMP_ACT_NOTIFY is not supported)");
    }

    String profileName() {
      return profileName;
    }

    boolean takesData() {
      return this == ERRNO || this == TRACE;
    }
  }

  private static final int EPERM = 1;
  private static final int ENOSYS_NUMBER = 38;
  private static final int MAX_ERRNO = 4095;

  static final SeccompAction ALLOW = new SeccompAction(Type.ALLOW, 0);
  static final SeccompAction ENOSYS = new SeccompAction(Type.ERRNO, ENOSYS_NUMBER);
  static final SeccompAction KILL_PROCESS = new SeccompAction(Type.KILL_PROCESS, 0);

  public SeccompAction {
    int max = type == Type.ERRNO ? MAX_ERRNO : type == Type.TRACE ? 0xffff : 0;
    if (data < 0 || data > max) {
      throw new InvalidInputException(
          "errnoRet " + data + " is out of range for " + type.profileName + " (0 to " + max + ")");
    }
  }

  /** An action without data of its own; an error answer is then EPERM, as in runc. */
  public static SeccompAction of(Type type) {
    return new SeccompAction(type, type.takesData() ? EPERM : 0);
  }

  /** The value that the program returns to the kernel. */
  int returnValue() {
    return type.value | data;
  }
}
