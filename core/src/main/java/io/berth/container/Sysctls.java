package io.berth.container;

import io.berth.error.InvalidInputException;
import java.util.Set;

/** The kernel parameters that belong to a container's own namespaces (as docker allows them). */
final class Sysctls {
  private static final Set<String> IPC =
      Set.of(
          "kernel.msgmax",
          "kernel.msgmnb",
          "kernel.msgmni",
          "kernel.sem",
          "kernel.shmall",
          "kernel.shmmax",
          "kernel.shmmni",
          "kernel.shm_rmid_forced");

  private Sysctls() {}

  static void check(String name) {
    boolean known = IPC.contains(name) || name.startsWith("fs.mqueue.") || name.startsWith("net.");
    if (!known || name.contains("/") || name.contains("..")) {
      throw new InvalidInputException(
          "Sysctl \""
              + name
              + "\" is not allowed: it is not of a container's own namespaces. Allowed are net.*,"
              + " fs.mqueue.* and the System V IPC ones of kernel.*");
    }
  }

  /** The file below {@code /proc/sys}. */
  static String file(String name) {
    return name.replace('.', '/');
  }
}
