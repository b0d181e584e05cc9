package io.berth.volume;

import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.error.SystemCallException;
import io.berth.linux.Mounts;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the local driver mounts, in the kernel's form.
 *
 * @param flags as in mount(2)
 * @param data what is left for the file system itself
 */
record MountOptions(String type, String device, long flags, String data) {
  private static final long REMOUNT = 32;
  private static final Map<String, Long> SETS =
      Map.ofEntries(
          Map.entry("ro", 1L),
          Map.entry("nosuid", 2L),
          Map.entry("nodev", 4L),
          Map.entry("noexec", 8L),
          Map.entry("sync", 16L),
          Map.entry("dirsync", 128L),
          Map.entry("noatime", 1L << 10),
          Map.entry("nodiratime", 1L << 11),
          Map.entry("bind", Mounts.MS_BIND),
          Map.entry("rbind", Mounts.MS_BIND | Mounts.MS_REC),
          Map.entry("relatime", 1L << 21),
          Map.entry("strictatime", 1L << 24));
  private static final List<String> DEFAULTS =
      List.of("rw", "suid", "dev", "exec", "async", "atime", "defaults", "diratime", "norelatime");

  static MountOptions of(Map<String, String> options) {
    long flags = 0;
    List<String> data = new ArrayList<>();
    for (String option : options.getOrDefault("o", "").split(",")) {
      if (SETS.containsKey(option)) {
        flags |= SETS.get(option);
      } else if (!option.isEmpty() && !DEFAULTS.contains(option)) {
        data.add(option);
      }
    }
    if ((flags & Mounts.MS_BIND) != 0 && !options.get("device").startsWith("/")) {
      throw new InvalidInputException(
          "invalid option: device \"" + options.get("device") + "\" of a bind is no absolute path");
    }
    return new MountOptions(
        options.get("type"), options.get("device"), flags, String.join(",", data));
  }

  void mount(Path target) {
    try {
      Mounts.mount(device, target, type, flags, type.startsWith("nfs") ? resolved() : data);
      // A bind takes no other flag in the first call.
      if ((flags & Mounts.MS_BIND) != 0 && (flags & ~(Mounts.MS_BIND | Mounts.MS_REC)) != 0) {
        Mounts.mount(device, target, type, flags | REMOUNT, "");
      }
    } catch (SystemCallException e) {
      throw new StorageException(
          "failed to mount local volume: mount "
              + device
              + ":"
              + target
              + ", type "
              + type
              + (data.isEmpty() ? "" : ", data: " + data)
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /** The kernel's NFS client wants an address, not a name. */
  private String resolved() {
    List<String> resolved = new ArrayList<>();
    for (String option : data.split(",")) {
      if (option.startsWith("addr=")) {
        String host = option.substring("addr=".length());
        try {
          resolved.add("addr=" + InetAddress.getByName(host).getHostAddress());
        } catch (UnknownHostException e) {
          throw new StorageException(
              "error resolving passed in network volume address: " + host, e);
        }
      } else {
        resolved.add(option);
      }
    }
    return String.join(",", resolved);
  }
}
