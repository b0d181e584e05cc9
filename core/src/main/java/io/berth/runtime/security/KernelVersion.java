package io.berth.runtime.security;

import io.berth.error.InvalidInputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first two numbers of a kernel release, which is what profiles compare ({@code minKernel}).
 */
public record KernelVersion(int major, int minor) implements Comparable<KernelVersion> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})(?:[^\\d].*)?");

  public KernelVersion {
    if (major < 0 || minor < 0) {
      throw new InvalidInputException(
          "A kernel version has no negative numbers: " + major + "." + minor);
    }
  }

  /** Reads a release such as {@code 6.1.0-18-amd64} or {@code 4.8}. */
  public static KernelVersion parse(String release) {
    Matcher matcher = FORM.matcher(release.strip());
    if (!matcher.matches()) {
      throw new InvalidInputException(
          "\"" + release + "\" is not a kernel version; expected MAJOR.MINOR such as 4.8");
    }
    return new KernelVersion(
        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** The version of the running kernel. */
  public static KernelVersion running() {
    return parse(System.getProperty("os.version"));
  }

  @Override
  public int compareTo(KernelVersion other) {
    return major != other.major
        ? Integer.compare(major, other.major)
        : Integer.compare(minor, other.minor);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
