package io.berth.oci;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words for platforms, after containerd/platforms, and which of them run which. */
final class PlatformNames {
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
  private static final Pattern OS =
      Pattern.compile(
          "([A-Za-z0-9_-]{1,64})(?:\\(([A-Za-z0-9_.-]{0,64})((?:\\+[A-Za-z0-9_.-]{1,64}){0,16})\\))?");
  private static final Pattern VERSION = Pattern.compile("v(\\d{1,2})(?:\\.(\\d{1,2}))?");
  private static final Set<String> SYSTEMS =
      Set.of(
          "aix",
          "android",
          "darwin",
          "dragonfly",
          "freebsd",
          "hurd",
          "illumos",
          "ios",
          "js",
          "linux",
          "netbsd",
          "openbsd",
          "plan9",
          "solaris",
          "wasip1",
          "windows",
          "zos");
  private static final Set<String> ARCHITECTURES =
      Set.of(
          "386",
          "amd64",
          "arm",
          "arm64",
          "loong64",
          "mips",
          "mipsle",
          "mips64",
          "mips64le",
          "ppc",
          "ppc64",
          "ppc64le",
          "riscv",
          "riscv64",
          "s390",
          "s390x",
          "sparc",
          "sparc64",
          "wasm");

  private PlatformNames() {}

  static Platform parse(String text, Platform host) {
    String[] parts = text.split("/", -1);
    Matcher first = OS.matcher(parts[0]);
    if (parts.length > 3 || !first.matches()) {
      throw invalid(text, "expected os/architecture[/variant]");
    }
    for (int i = 1; i < parts.length; i++) {
      if (!PART.matcher(parts[i]).matches()) {
        throw invalid(text, Quoted.of(parts[i]) + " is not an architecture or variant");
      }
    }
    Optional<String> osVersion = Optional.ofNullable(first.group(2));
    List<String> features =
        first.group(3) == null || first.group(3).isEmpty()
            ? List.of()
            : List.of(first.group(3).substring(1).split("\\+"));
    if (parts.length > 1) {
      Optional<String> variant = parts.length > 2 ? Optional.of(parts[2]) : Optional.empty();
      return new Platform(first.group(1), parts[1], variant, osVersion, features).normalized();
    }
    String os = system(first.group(1));
    if (SYSTEMS.contains(os)) {
      return new Platform(os, host.architecture(), host.variant(), osVersion, features)
          .normalized();
    }
    Platform guess = new Platform(host.os(), parts[0]).normalized();
    if (!ARCHITECTURES.contains(guess.architecture())) {
      throw invalid(text, "it is no known operating system or architecture; write os/architecture");
    }
    return guess;
  }

  static Platform fromJava(String osName, String osArch) {
    String name = osName.toLowerCase(Locale.ROOT);
    String os =
        name.startsWith("mac")
            ? "darwin"
            : name.startsWith("windows") ? "windows" : name.replace(" ", "");
    String architecture =
        switch (osArch) {
          case "x86", "i486", "i586", "i686" -> "386";
          case "loongarch64" -> "loong64";
          default -> osArch;
        };
    return new Platform(os, architecture).normalized();
  }

  static Platform normalize(Platform p) {
    String architecture = p.architecture().toLowerCase(Locale.ROOT);
    String variant = p.variant().orElse("").toLowerCase(Locale.ROOT);
    switch (architecture) {
      case "i386" -> {
        architecture = "386";
        variant = "";
      }
      case "x86_64", "x86-64", "amd64" -> {
        architecture = "amd64";
        variant = variant.equals("v1") ? "" : variant;
      }
      case "aarch64", "arm64" -> {
        architecture = "arm64";
        variant = variant.equals("8") || variant.equals("v8") ? "" : variant;
      }
      case "armhf" -> {
        architecture = "arm";
        variant = "v7";
      }
      case "armel" -> {
        architecture = "arm";
        variant = "v6";
      }
      case "arm" -> variant = armVariant(variant);
      default -> {}
    }
    return new Platform(
        system(p.os()),
        architecture,
        Optional.of(variant),
        p.osVersion(),
        p.osFeatures().stream().distinct().sorted().toList());
  }

  static List<Platform> compatible(Platform p) {
    List<Platform> order = new ArrayList<>(List.of(p));
    Matcher version =
        VERSION.matcher(p.variant().orElse(p.architecture().equals("arm64") ? "v8" : ""));
    int major = version.matches() ? Integer.parseInt(version.group(1)) : -1;
    int minor = major >= 0 && version.group(2) != null ? Integer.parseInt(version.group(2)) : 0;
    switch (p.architecture()) {
      case "amd64" -> {
        for (int v = major - 1; v >= 1; v--) {
          order.add(with(p, "amd64", "v" + v));
        }
        order.add(with(p, "386", ""));
      }
      case "arm" -> addArm(order, p, major - 1);
      case "arm64" -> {
        if (major == 9) {
          addArm64(order, p, 9, minor - 1);
          // v9.x has all that v8.(x+5) has.
          addArm64(order, p, 8, minor + 5);
        } else if (major == 8) {
          addArm64(order, p, 8, minor - 1);
        }
        addArm(order, p, major >= 8 ? 8 : -1);
      }
      default -> {}
    }
    return List.copyOf(order);
  }

  /** The first three numbers of a Windows version, which host and image must share. */
  static String build(String version) {
    String[] parts = version.split("\\.");
    return String.join(".", List.of(parts).subList(0, Math.min(3, parts.length)));
  }

  static String notEmpty(String text) {
    if (text.isEmpty()) {
      throw new InvalidInputException("it is empty");
    }
    return text;
  }

  private static void addArm64(List<Platform> order, Platform p, int major, int from) {
    for (int minor = from; minor >= 0; minor--) {
      order.add(with(p, "arm64", "v" + major + (minor == 0 ? "" : "." + minor)));
    }
  }

  private static void addArm(List<Platform> order, Platform p, int from) {
    for (int v = from; v >= 5; v--) {
      order.add(with(p, "arm", "v" + v));
    }
  }

  private static Platform with(Platform p, String architecture, String variant) {
    return normalize(
        new Platform(p.os(), architecture, Optional.of(variant), p.osVersion(), p.osFeatures()));
  }

  private static String armVariant(String variant) {
    return switch (variant) {
      case "" -> "v7";
      case "5", "6", "7", "8" -> "v" + variant;
      default -> variant;
    };
  }

  private static String system(String os) {
    String lower = os.toLowerCase(Locale.ROOT);
    return lower.equals("macos") ? "darwin" : lower;
  }

  private static InvalidInputException invalid(String text, String reason) {
    return new InvalidInputException(
        "Invalid platform " + Quoted.of(text) + ": " + reason + ", such as linux/arm64");
  }
}
