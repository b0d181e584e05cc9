package io.berth.dockerfile;

import io.berth.error.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A {@link RunMount} with its variables replaced, checked.
 *
 * @param from a stage, image or named context; the build context when empty
 * @param source a path in it, or a secret's id; may be empty
 * @param target a path in the container, perhaps relative; may be empty for secrets and agents
 * @param id of a cache, secret or agent
 * @param size of a file system in memory, in bytes
 * @param env the variable that a secret is put into; of the secret's name when empty
 */
public record MountOptions(
    Type type,
    Optional<String> from,
    String source,
    String target,
    boolean readOnly,
    OptionalLong size,
    Optional<String> id,
    Sharing sharing,
    boolean required,
    Optional<String> env,
    OptionalInt mode,
    OptionalLong uid,
    OptionalLong gid) {
  private static final Pattern SIZE = Pattern.compile("(?i)(\\d{1,15})\\s*([kmgt]?)i?b?");
  private static final List<String> KEYS =
      List.of(
          "type",
          "from",
          "source",
          "src",
          "target",
          "dst",
          "destination",
          "readonly",
          "ro",
          "readwrite",
          "rw",
          "required",
          "size",
          "id",
          "sharing",
          "mode",
          "uid",
          "gid",
          "env");

  /** What is mounted. */
  public enum Type {
    BIND,
    CACHE,
    TMPFS,
    SECRET,
    SSH
  }

  /** How steps that run at once use one cache. */
  public enum Sharing {
    /** Together. */
    SHARED,
    /** Each its own. */
    PRIVATE,
    /** One after the other. */
    LOCKED
  }

  /**
   * Reads the options.
   *
   * @param escape the Dockerfile's escape character
   * @param expand replaces variables in a value
   * @throws InvalidInputException saying which option is wrong, and what was expected
   */
  public static MountOptions of(RunMount mount, char escape, UnaryOperator<String> expand) {
    return new Reader(mount.options(escape), expand).read();
  }

  private static final class Reader {
    private final Map<String, String> raw;
    private final UnaryOperator<String> expand;
    private Type type = Type.BIND;
    private Optional<String> from = Optional.empty();
    private String source = "";
    private String target = "";
    private Optional<Boolean> readOnly = Optional.empty();
    private OptionalLong size = OptionalLong.empty();
    private Optional<String> id = Optional.empty();
    private Optional<Sharing> sharing = Optional.empty();
    private boolean required;
    private Optional<String> env = Optional.empty();
    private OptionalInt mode = OptionalInt.empty();
    private OptionalLong uid = OptionalLong.empty();
    private OptionalLong gid = OptionalLong.empty();

    Reader(Map<String, String> raw, UnaryOperator<String> expand) {
      this.raw = raw;
      this.expand = expand;
    }

    MountOptions read() {
      if (raw.containsKey("type")) {
        type = choice(Type.class, "mount type", expand.apply(raw.get("type")));
      }
      raw.forEach((name, value) -> option(name, value.isEmpty() ? value : expand.apply(value)));
      check();
      boolean writable = type == Type.CACHE || type == Type.TMPFS;
      return new MountOptions(
          type,
          from,
          source,
          target,
          readOnly.orElse(!writable),
          size,
          id,
          sharing.orElse(Sharing.SHARED),
          required,
          env,
          mode,
          uid,
          gid);
    }

    private void option(String name, String value) {
      switch (name) {
        case "type" -> {}
        case "from" -> from = Optional.of(needed(name, value)).filter(f -> !f.isEmpty());
        case "source", "src" -> source = needed(name, value);
        case "target", "dst", "destination" -> target = needed(name, value);
        case "readonly", "ro" -> readOnly = Optional.of(bool(name, value));
        case "readwrite", "rw" -> readOnly = Optional.of(!bool(name, value));
        case "required" -> {
          only(name, Type.SECRET, Type.SSH);
          required = bool(name, value);
        }
        case "size" -> {
          only(name, Type.TMPFS);
          size = OptionalLong.of(size(needed(name, value)));
        }
        case "id" -> id = Optional.of(needed(name, value));
        case "sharing" -> {
          only(name, Type.CACHE);
          sharing = Optional.of(choice(Sharing.class, "sharing", needed(name, value)));
        }
        case "mode" -> {
          only(name, Type.SECRET, Type.SSH, Type.CACHE);
          mode = OptionalInt.of((int) number(name, needed(name, value), 8, 07777));
        }
        case "uid" -> uid = OptionalLong.of(owner(name, value));
        case "gid" -> gid = OptionalLong.of(owner(name, value));
        case "env" -> {
          only(name, Type.SECRET);
          env = Optional.of(value);
        }
        default ->
            throw bad(
                "unknown option " + name + " of --mount" + Suggestion.of(name, KEYS, "known are "));
      }
    }

    private void check() {
      boolean named = type == Type.SECRET || type == Type.SSH;
      if (type == Type.SECRET && source.isEmpty() && target.isEmpty() && id.isEmpty()) {
        throw bad("expected an id, source or target for --mount=type=secret");
      }
      if (type == Type.SECRET && !source.isEmpty() && id.isPresent()) {
        throw bad("expected either id or source for --mount=type=secret, found both");
      }
      if (named && from.isPresent()) {
        throw bad("--mount=type=" + lower(type) + " takes no from");
      }
      if (!named && target.isEmpty()) {
        throw bad("expected target=PATH for --mount=type=" + lower(type));
      }
    }

    private String needed(String name, String value) {
      if (value.isEmpty() && raw.getOrDefault(name, "").isEmpty() && !name.equals("from")) {
        throw bad("expected " + name + "=VALUE in --mount");
      }
      return value;
    }

    private void only(String name, Type... types) {
      if (!List.of(types).contains(type)) {
        throw bad("the option " + name + " does not go with --mount=type=" + lower(type));
      }
    }

    private long owner(String name, String value) {
      only(name, Type.SECRET, Type.SSH, Type.CACHE);
      return number(name, needed(name, value), 10, 0xffff_fffeL);
    }

    private long number(String name, String value, int radix, long most) {
      try {
        long number = Long.parseLong(value, radix);
        if (number >= 0 && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // said below
      }
      throw bad(
          "expected "
              + (radix == 8 ? "an octal mode" : "a number")
              + " for "
              + name
              + ", found "
              + value);
    }

    private boolean bool(String name, String value) {
      return switch (value) {
        case "", "1", "t", "T", "TRUE", "true", "True" -> true;
        case "0", "f", "F", "FALSE", "false", "False" -> false;
        default -> throw bad("expected true or false for " + name + ", found " + value);
      };
    }

    private long size(String text) {
      Matcher m = SIZE.matcher(text);
      if (!m.matches()) {
        throw bad("expected a size such as 64m, found " + text);
      }
      int unit = m.group(2).isEmpty() ? 0 : 1 + "kmgt".indexOf(lower(m.group(2)));
      return Long.parseLong(m.group(1)) << (10 * unit);
    }

    private <E extends Enum<E>> E choice(Class<E> kind, String what, String value) {
      List<String> all =
          Arrays.stream(kind.getEnumConstants()).map(Reader::lower).collect(Collectors.toList());
      int found = all.indexOf(lower(value));
      if (found < 0) {
        throw bad("unknown " + what + " " + value + Suggestion.of(value, all, "known are "));
      }
      return kind.getEnumConstants()[found];
    }

    private static String lower(Object text) {
      return text.toString().toLowerCase(Locale.ROOT);
    }

    private static InvalidInputException bad(String what) {
      return new InvalidInputException(what);
    }
  }
}
