package io.berth.runtime.security;

import io.berth.error.InvalidInputException;
import java.util.Optional;

/** A machine that a system call filter can be compiled for, with the 32-bit calls it also takes. */
public enum Architecture {
  X86_64("amd64", SyscallAbi.X86_64, SyscallAbi.I386),
  AARCH64("arm64", SyscallAbi.AARCH64, SyscallAbi.ARM);

  private final String goName;
  private final SyscallAbi nativeAbi;
  private final SyscallAbi compatAbi;

  Architecture(String goName, SyscallAbi nativeAbi, SyscallAbi compatAbi) {
    this.goName = goName;
    this.nativeAbi = nativeAbi;
    this.compatAbi = compatAbi;
  }

  /** The architecture of this machine, empty when Berth has no tables for it. */
  public static Optional<Architecture> running() {
    return switch (System.getProperty("os.arch")) {
      case "amd64", "x86_64" -> Optional.of(X86_64);
      case "aarch64", "arm64" -> Optional.of(AARCH64);
      default -> Optional.empty();
    };
  }

  /** Finds one by the name that images and profiles use, {@code amd64} or {@code arm64}. */
  public static Architecture parse(String name) {
    for (Architecture architecture : values()) {
      if (architecture.goName.equals(name)) {
        return architecture;
      }
    }
    throw new InvalidInputException(
        "No system call filter for architecture \"" + name + "\"; there are amd64 and arm64");
  }

  /** The name in images and in a profile's {@code includes.arches}. */
  public String goName() {
    return goName;
  }

  SyscallAbi nativeAbi() {
    return nativeAbi;
  }

  SyscallAbi compatAbi() {
    return compatAbi;
  }
}
