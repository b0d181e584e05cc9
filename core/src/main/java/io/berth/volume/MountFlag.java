package io.berth.volume;

import io.berth.api.MountSpec;
import io.berth.api.MountSpec.BindOptions;
import io.berth.api.MountSpec.ReadOnlyScope;
import io.berth.api.MountSpec.TmpfsMountOptions;
import io.berth.api.MountSpec.Type;
import io.berth.api.MountSpec.VolumeOptions;
import io.berth.api.Propagation;
import io.berth.error.InvalidInputException;
import io.berth.text.ByteSize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The value of {@code --mount}: one line of comma-separated values, {@code
 * type=bind,source=/a,target=/b,readonly}. Messages are those of Docker's command line and daemon.
 */
public final class MountFlag {
  private final Path directory;
  private String type = "volume";
  private String source = "";
  private String target = "";
  private boolean readOnly;
  private Optional<String> propagation = Optional.empty();
  private boolean recursive = true;
  private ReadOnlyScope scope = ReadOnlyScope.ALL_IF_POSSIBLE;
  private boolean noCopy;
  private final Map<String, String> labels = new LinkedHashMap<>();
  private Optional<String> driver = Optional.empty();
  private final Map<String, String> driverOptions = new LinkedHashMap<>();
  private String volumeSubpath = "";
  private String imageSubpath = "";
  private Optional<Long> size = Optional.empty();
  private Optional<Integer> mode = Optional.empty();
  private final Set<String> families = new HashSet<>();

  private MountFlag(Path directory) {
    this.directory = directory;
  }

  /**
   * @param directory where a source that begins with a dot is
   * @throws InvalidInputException with Docker's message
   */
  public static MountSpec parse(String text, Path directory) {
    MountFlag flag = new MountFlag(directory);
    fields(text).forEach(flag::read);
    return flag.build();
  }

  /** As Go's encoding/csv reads one record. */
  private static List<String> fields(String text) {
    if (text.isEmpty()) {
      throw new InvalidInputException("EOF");
    }
    List<String> fields = new ArrayList<>();
    int at = 0;
    while (at <= text.length()) {
      if (at < text.length() && text.charAt(at) == '"') {
        StringBuilder field = new StringBuilder();
        at++;
        while (true) {
          int quote = text.indexOf('"', at);
          if (quote < 0) {
            throw quoted(text.length() + 1);
          }
          field.append(text, at, quote);
          at = quote + 1;
          if (at < text.length() && text.charAt(at) == '"') {
            field.append('"');
            at++;
          } else if (at == text.length() || text.charAt(at) == ',') {
            break;
          } else {
            throw quoted(at);
          }
        }
        fields.add(field.toString());
      } else {
        int comma = text.indexOf(',', at);
        String field = text.substring(at, comma < 0 ? text.length() : comma);
        if (field.indexOf('"') >= 0) {
          throw new InvalidInputException(
              "parse error on line 1, column "
                  + (at + field.indexOf('"') + 1)
                  + ": bare \" in non-quoted-field");
        }
        fields.add(field);
        at += field.length();
      }
      at++;
    }
    return fields;
  }

  private static InvalidInputException quoted(int column) {
    return new InvalidInputException(
        "parse error on line 1, column " + column + ": extraneous or missing \" in quoted-field");
  }

  private void read(String field) {
    int equals = field.indexOf('=');
    String key = (equals < 0 ? field : field.substring(0, equals)).toLowerCase(Locale.ROOT);
    if (equals < 0) {
      switch (key) {
        case "readonly", "ro" -> readOnly = true;
        case "volume-nocopy" -> {
          families.add("volume");
          noCopy = true;
        }
        case "bind-nonrecursive" -> {
          families.add("bind");
          recursive = false;
        }
        default ->
            throw new InvalidInputException(
                "invalid field '" + field + "' must be a key=value pair");
      }
      return;
    }
    read(key, field.substring(equals + 1), field);
  }

  private void read(String key, String value, String field) {
    int dash = key.indexOf('-');
    if (dash > 0) {
      families.add(key.substring(0, dash));
    }
    switch (key) {
      case "type" -> type = value.toLowerCase(Locale.ROOT);
      case "source", "src" ->
          source = value.startsWith(".") ? directory.resolve(value).normalize().toString() : value;
      case "target", "dst", "destination" -> target = value;
      case "readonly", "ro" -> readOnly = bool(key, value);
      case "consistency" -> {
        // Of Docker Desktop; means nothing on Linux.
      }
      case "bind-propagation" -> propagation = Optional.of(value.toLowerCase(Locale.ROOT));
      case "bind-nonrecursive" -> recursive = !bool(key, value);
      case "bind-recursive" -> bindRecursive(value);
      case "volume-subpath" -> volumeSubpath = value;
      case "volume-nocopy" -> noCopy = bool(key, value);
      case "volume-label" -> put(labels, value);
      case "volume-driver" -> driver = Optional.of(value);
      case "volume-opt" -> put(driverOptions, value);
      case "image-subpath" -> imageSubpath = value;
      case "tmpfs-size" -> size = Optional.of(bytes(key, value));
      case "tmpfs-mode" -> mode = Optional.of(octal(key, value));
      default -> throw new InvalidInputException("unexpected key '" + key + "' in '" + field + "'");
    }
  }

  private void bindRecursive(String value) {
    switch (value) {
      case "enabled" -> {
        // The default.
      }
      case "disabled" -> recursive = false;
      case "writable" -> scope = ReadOnlyScope.TOP;
      case "readonly" -> scope = ReadOnlyScope.ALL;
      default ->
          throw new InvalidInputException(
              "invalid value for bind-recursive: "
                  + value
                  + " (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")");
    }
  }

  private static void put(Map<String, String> map, String value) {
    int equals = value.indexOf('=');
    String key = equals < 0 ? value : value.substring(0, equals);
    if (!key.isEmpty()) {
      map.put(key, equals < 0 ? "" : value.substring(equals + 1));
    }
  }

  /** As Go's strconv.ParseBool. */
  private static boolean bool(String key, String value) {
    return switch (value) {
      case "1", "t", "T", "TRUE", "true", "True" -> true;
      case "0", "f", "F", "FALSE", "false", "False" -> false;
      default -> throw new InvalidInputException("invalid value for " + key + ": " + value);
    };
  }

  private static long bytes(String key, String value) {
    try {
      return ByteSize.parse(value);
    } catch (InvalidInputException e) {
      throw new InvalidInputException("invalid value for " + key + ": " + value, e);
    }
  }

  private static int octal(String key, String value) {
    try {
      return Integer.parseUnsignedInt(value, 8);
    } catch (NumberFormatException e) {
      throw new InvalidInputException("invalid value for " + key + ": " + value, e);
    }
  }

  private MountSpec build() {
    if (type.isEmpty()) {
      throw new InvalidInputException("type is required");
    }
    for (String family : List.of("volume", "image", "bind", "tmpfs")) {
      if (families.contains(family) && !family.equals(type)) {
        throw new InvalidInputException(
            "cannot mix '" + family + "-*' options with mount type '" + type + "'");
      }
    }
    if (scope != ReadOnlyScope.ALL_IF_POSSIBLE) {
      checkScope();
    }
    if (target.isEmpty()) {
      throw new InvalidInputException("target is required");
    }
    MountSpec mount =
        new MountSpec(
            type(),
            source,
            target,
            readOnly || type.equals("image"),
            false,
            new BindOptions(propagation(), recursive, scope),
            new VolumeOptions(noCopy, labels, driver, driverOptions, volumeSubpath),
            new TmpfsMountOptions(size, mode),
            imageSubpath);
    MountGrammar.check(mount);
    return mount;
  }

  private void checkScope() {
    String option =
        "option 'bind-recursive=" + (scope == ReadOnlyScope.TOP ? "writable" : "readonly");
    if (!readOnly) {
      throw new InvalidInputException(
          option + "' requires 'readonly' to be specified in conjunction");
    }
    if (scope == ReadOnlyScope.ALL && !propagation.equals(Optional.of("rprivate"))) {
      throw new InvalidInputException(
          option + "' requires 'bind-propagation=rprivate' to be specified in conjunction");
    }
  }

  private Type type() {
    for (Type each : Type.values()) {
      if (each.toString().equals(type)) {
        return each;
      }
    }
    throw MountGrammar.invalid(type, "mount type unknown");
  }

  private Propagation propagation() {
    try {
      return propagation.map(Propagation::parse).orElse(Propagation.RPRIVATE);
    } catch (InvalidInputException e) {
      throw MountGrammar.invalid(type, "invalid propagation mode: " + propagation.orElse(""));
    }
  }
}
