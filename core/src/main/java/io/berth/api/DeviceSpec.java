package io.berth.api;

import io.berth.error.InvalidInputException;

/**
 * A device of the host, or all in a directory of devices, given to a container.
 *
 * @param permissions some of {@code r}, {@code w} and {@code m} (mknod)
 */
public record DeviceSpec(String hostPath, String containerPath, String permissions) {
  public DeviceSpec {
    if (!hostPath.startsWith("/") || !containerPath.startsWith("/")) {
      throw new InvalidInputException(
          "Invalid device " + hostPath + ":" + containerPath + ": expected absolute paths");
    }
    if (!permissions.matches("[rwm]{1,3}")) {
      throw new InvalidInputException(
          "Invalid device permissions \"" + permissions + "\": expected some of r, w and m");
    }
  }

  /** {@code HOST[:CONTAINER][:PERMISSIONS]}, as in {@code docker run --device}. */
  public static DeviceSpec parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length > 3 || parts[0].isEmpty()) {
      throw new InvalidInputException(
          "Invalid device \"" + text + "\": expected HOST[:CONTAINER][:PERMISSIONS]");
    }
    boolean second = parts.length > 1 && parts[1].startsWith("/");
    String target = second ? parts[1] : parts[0];
    String permissions =
        parts.length == 3 ? parts[2] : parts.length == 2 && !second ? parts[1] : "rwm";
    return new DeviceSpec(parts[0], target, permissions);
  }
}
