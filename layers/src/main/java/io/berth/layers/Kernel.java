package io.berth.layers;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version of the kernel that this runs on. */
final class Kernel {
  private static final Pattern VERSION = Pattern.compile("(\\d{1,5})\\.(\\d{1,5}).*");

  private Kernel() {}

  static boolean isAtLeast(int major, int minor) {
    Matcher found = VERSION.matcher(System.getProperty("os.version", ""));
    if (!found.matches()) {
      return false;
    }
    int is = Integer.parseInt(found.group(1));
    return is > major || is == major && Integer.parseInt(found.group(2)) >= minor;
  }
}
