package io.berth.runtime.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import io.berth.error.BerthException;
import io.berth.error.SystemCallException;
import java.nio.file.Path;

/** Loads device programs and attaches them to cgroups with bpf(2). */
public final class BpfCalls {
  private static final int PROG_LOAD = 5;
  private static final int PROG_ATTACH = 8;
  private static final int PROG_TYPE_CGROUP_DEVICE = 15;
  private static final int ATTACH_TYPE_CGROUP_DEVICE = 6;
  private static final int ALLOW_MULTI = 2;
  private static final int ATTR_BYTES = 128;
  private static final int INSTRUCTION_BYTES = 8;
  private static final int O_CLOEXEC = 02000000;

  private interface LibC extends Library {
    NativeLong syscall(NativeLong number, Object... arguments) throws LastErrorException;

    int open(String path, int flags, Object... mode) throws LastErrorException;

    int close(int descriptor);
  }

  private final LibC libc = Native.load("c", LibC.class);
  private final NativeLong bpf =
      new NativeLong(
          switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> 321;
            case "aarch64", "arm64" -> 280;
            default ->
                throw new BerthException(
                    "No device filter on "
                        + System.getProperty("os.arch")
                        + ": Berth runs containers on x86_64 and aarch64");
          });

  /**
   * Loads a program of type BPF_PROG_TYPE_CGROUP_DEVICE and attaches it to a cgroup v2 directory.
   * It lives as long as the cgroup does.
   *
   * @throws SystemCallException when the kernel refuses
   */
  public void attachDeviceProgram(Path cgroup, byte[] program) {
    int directory;
    try {
      directory = libc.open(cgroup.toString(), O_CLOEXEC);
    } catch (LastErrorException e) {
      throw new SystemCallException("open", cgroup.toString(), e.getErrorCode());
    }
    try {
      int descriptor = load(cgroup, program);
      try {
        attach(cgroup, directory, descriptor);
      } finally {
        libc.close(descriptor);
      }
    } finally {
      libc.close(directory);
    }
  }

  private int load(Path cgroup, byte[] program) {
    try (Memory instructions = new Memory(program.length);
        Memory license = new Memory(8);
        Memory attr = cleared()) {
      instructions.write(0, program, 0, program.length);
      license.setString(0, "Apache");
      attr.setInt(0, PROG_TYPE_CGROUP_DEVICE);
      attr.setInt(4, program.length / INSTRUCTION_BYTES);
      attr.setLong(8, Pointer.nativeValue(instructions));
      attr.setLong(16, Pointer.nativeValue(license));
      return call("bpf(BPF_PROG_LOAD)", PROG_LOAD, attr, cgroup);
    }
  }

  private void attach(Path cgroup, int directory, int program) {
    try (Memory attr = cleared()) {
      attr.setInt(0, directory);
      attr.setInt(4, program);
      attr.setInt(8, ATTACH_TYPE_CGROUP_DEVICE);
      attr.setInt(12, ALLOW_MULTI);
      call("bpf(BPF_PROG_ATTACH)", PROG_ATTACH, attr, cgroup);
    }
  }

  private int call(String name, int command, Memory attr, Path cgroup) {
    try {
      return libc.syscall(bpf, command, attr, ATTR_BYTES).intValue();
    } catch (LastErrorException e) {
      throw new SystemCallException(name, cgroup.toString(), e.getErrorCode());
    }
  }

  private static Memory cleared() {
    Memory memory = new Memory(ATTR_BYTES);
    memory.clear();
    return memory;
  }
}
