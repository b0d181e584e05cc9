package io.berth.runtime.security;

/** One numbering of system calls, as {@code seccomp_data.arch} tells them apart (linux/audit.h). */
enum SyscallAbi {
  X86_64("SCMP_ARCH_X86_64", 0xC000003E, "x86_64"),
  I386("SCMP_ARCH_X86", 0x40000003, "i386"),
  AARCH64("SCMP_ARCH_AARCH64", 0xC00000B7, "aarch64"),
  ARM("SCMP_ARCH_ARM", 0x40000028, "arm");

  private final String profileName;
  private final int auditArch;
  private final String table;

  SyscallAbi(String profileName, int auditArch, String table) {
    this.profileName = profileName;
    this.auditArch = auditArch;
    this.table = table;
  }

  /** The name in a profile's {@code archMap}. */
  String profileName() {
    return profileName;
  }

  int auditArch() {
    return auditArch;
  }

  String table() {
    return table;
  }
}
