package io.berth.runtime.security;

import io.berth.error.InvalidInputException;
import java.util.Locale;

/**
 * The capabilities of Linux (capabilities(7)), in the order of their numbers, so that {@link
 * #ordinal()} is the bit of each.
 */
public enum Capability {
  CHOWN,
  DAC_OVERRIDE,
  DAC_READ_SEARCH,
  FOWNER,
  FSETID,
  KILL,
  SETGID,
  SETUID,
  SETPCAP,
  LINUX_IMMUTABLE,
  NET_BIND_SERVICE,
  NET_BROADCAST,
  NET_ADMIN,
  NET_RAW,
  IPC_LOCK,
  IPC_OWNER,
  SYS_MODULE,
  SYS_RAWIO,
  SYS_CHROOT,
  SYS_PTRACE,
  SYS_PACCT,
  SYS_ADMIN,
  SYS_BOOT,
  SYS_NICE,
  SYS_RESOURCE,
  SYS_TIME,
  SYS_TTY_CONFIG,
  MKNOD,
  LEASE,
  AUDIT_WRITE,
  AUDIT_CONTROL,
  SETFCAP,
  MAC_OVERRIDE,
  MAC_ADMIN,
  SYSLOG,
  WAKE_ALARM,
  BLOCK_SUSPEND,
  AUDIT_READ,
  PERFMON,
  BPF,
  CHECKPOINT_RESTORE;

  private static final String PREFIX = "CAP_";

  /**
   * Finds a capability by its name, with or without {@code CAP_}, in any case.
   *
   * @throws InvalidInputException when there is no such capability
   */
  public static Capability parse(String name) {
    String upper = name.strip().toUpperCase(Locale.ROOT);
    String bare = upper.startsWith(PREFIX) ? upper.substring(PREFIX.length()) : upper;
    for (Capability capability : values()) {
      if (capability.name().equals(bare)) {
        return capability;
      }
    }
    throw new InvalidInputException(
        "Unknown capability \""
            + name
            + "\"; use a name of capabilities(7) such as NET_ADMIN, with or without CAP_, or ALL");
  }

  /** The number that the kernel knows it by. */
  public int number() {
    return ordinal();
  }

  /** The full name, such as {@code CAP_NET_ADMIN}. */
  public String fullName() {
    return PREFIX + name();
  }

  long mask() {
    return 1L << ordinal();
  }
}
