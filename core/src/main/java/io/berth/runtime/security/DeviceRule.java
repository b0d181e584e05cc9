package io.berth.runtime.security;

import io.berth.error.InvalidInputException;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One rule about device nodes, as in {@code --device-cgroup-rule} and the OCI runtime spec's {@code
 * linux.resources.devices}.
 *
 * @param allow whether it gives or takes
 * @param type which nodes
 * @param major the major number, empty for any
 * @param minor the minor number, empty for any
 * @param access or-ed of {@link #MKNOD}, {@link #READ} and {@link #WRITE}
 */
public record DeviceRule(
    boolean allow, Type type, OptionalInt major, OptionalInt minor, int access) {
  /** The bits of {@code bpf_cgroup_dev_ctx.access_type} (linux/bpf.h). */
  public static final int MKNOD = 1;

  public static final int READ = 2;
  public static final int WRITE = 4;
  public static final int RWM = READ | WRITE | MKNOD;

  private static final Pattern FORM =
      Pattern.compile("([abc]) (\\d{1,9}|\\*):(\\d{1,9}|\\*) ([rwm]{1,3})");

  /** Kinds of nodes; the numbers are those of linux/bpf.h. */
  public enum Type {
    ANY('a', 0),
    BLOCK('b', 1),
    CHARACTER('c', 2);

    private final char letter;
    private final int number;

    Type(char letter, int number) {
      this.letter = letter;
      this.number = number;
    }

    int number() {
      return number;
    }
  }

  public DeviceRule {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(major, "major");
    Objects.requireNonNull(minor, "minor");
    if (access == 0 || (access & ~RWM) != 0) {
      throw new InvalidInputException("A device rule gives some of r, w and m, not " + access);
    }
  }

  /** An allowing rule from the form {@code c 1:3 rwm}; {@code *} is any number. */
  public static DeviceRule allow(String rule) {
    return parse(true, rule);
  }

  /** A denying rule from the form {@code c 1:3 rwm}. */
  public static DeviceRule deny(String rule) {
    return parse(false, rule);
  }

  private static DeviceRule parse(boolean allow, String rule) {
    Matcher matcher = FORM.matcher(rule);
    if (!matcher.matches()) {
      throw new InvalidInputException(
          "\"" + rule + "\" is not a device rule; expected TYPE MAJOR:MINOR ACCESS, as c 1:3 rwm");
    }
    Type type =
        switch (matcher.group(1)) {
          case "b" -> Type.BLOCK;
          case "c" -> Type.CHARACTER;
          default -> Type.ANY;
        };
    String letters = matcher.group(4);
    int access =
        (letters.contains("m") ? MKNOD : 0)
            | (letters.contains("r") ? READ : 0)
            | (letters.contains("w") ? WRITE : 0);
    return new DeviceRule(allow, type, id(matcher.group(2)), id(matcher.group(3)), access);
  }

  private static OptionalInt id(String text) {
    return text.equals("*") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(text));
  }

  /** The line for {@code devices.allow} or {@code devices.deny} of cgroup v1. */
  String line() {
    return type.letter
        + " "
        + number(major)
        + ":"
        + number(minor)
        + " "
        + ((access & READ) != 0 ? "r" : "")
        + ((access & WRITE) != 0 ? "w" : "")
        + ((access & MKNOD) != 0 ? "m" : "");
  }

  /** The letters of what it is about, some of {@code rwm}. */
  public String letters() {
    return line().substring(line().lastIndexOf(' ') + 1);
  }

  /** {@code a}, {@code b} or {@code c}. */
  public String typeLetter() {
    return String.valueOf(type.letter);
  }

  private static String number(OptionalInt id) {
    return id.isPresent() ? Integer.toString(id.getAsInt()) : "*";
  }
}
