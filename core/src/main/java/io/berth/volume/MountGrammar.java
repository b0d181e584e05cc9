package io.berth.volume;

import io.berth.api.MountSpec;
import io.berth.api.MountSpec.BindOptions;
import io.berth.api.MountSpec.ReadOnlyScope;
import io.berth.api.MountSpec.TmpfsMountOptions;
import io.berth.api.MountSpec.Type;
import io.berth.api.MountSpec.VolumeOptions;
import io.berth.api.Propagation;
import io.berth.error.InvalidInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Mounts as text: the values of {@code -v} and {@code --volumes-from}, and what is valid of a
 * mount, with Docker's own messages. {@code --mount} has a class of its own, {@link MountFlag}.
 */
public final class MountGrammar {
  private static final Set<String> ACCESS = Set.of("ro", "rw");
  private static final Set<String> LABELS = Set.of("z", "Z");
  private static final Set<String> CONSISTENCY = Set.of("consistent", "cached", "delegated");
  private static final Set<String> PROPAGATIONS =
      Set.of("private", "rprivate", "shared", "rshared", "slave", "rslave");
  private static final List<Set<String>> MODES =
      List.of(ACCESS, LABELS, CONSISTENCY, PROPAGATIONS, Set.of("nocopy"));

  private MountGrammar() {}

  /**
   * The value of {@code -v}: {@code TARGET}, {@code SOURCE:TARGET} or {@code SOURCE:TARGET:MODE}.
   *
   * @param directory where a source that begins with a dot is; as for a command line
   */
  public static MountSpec volume(String text, Path directory) {
    return volume(text.startsWith(".") ? directory.resolve(text).normalize().toString() : text);
  }

  /**
   * The same in the form of Docker's API, without paths relative to anything.
   *
   * @throws InvalidInputException with Docker's message
   */
  public static MountSpec volume(String text) {
    if (text.isEmpty()) {
      throw new InvalidInputException("invalid empty volume spec");
    }
    String[] parts = text.split(":", -1);
    if (parts.length > 3) {
      throw new InvalidInputException("invalid spec: " + text + ": too many colons");
    }
    for (String part : parts) {
      if (part.isEmpty()) {
        throw new InvalidInputException("invalid spec: " + text + ": empty section between colons");
      }
    }
    if (parts.length == 2 && isMode(parts[1])) {
      throw invalid(text);
    }
    String mode = parts.length == 3 ? parts[2] : "";
    if (!isMode(mode)) {
      throw new InvalidInputException("invalid mode: " + mode);
    }
    String source = parts.length == 1 ? "" : parts[0];
    String target = parts.length == 1 ? parts[0] : parts[1];
    List<String> words = mode.isEmpty() ? List.of() : List.of(mode.split(","));
    boolean bind = source.startsWith("/");
    try {
      return spec(bind, source, target, words);
    } catch (InvalidInputException e) {
      throw new InvalidInputException(invalid(text).getMessage() + ": " + e.getMessage(), e);
    }
  }

  private static MountSpec spec(boolean bind, String source, String target, List<String> words) {
    Optional<String> propagation = words.stream().filter(PROPAGATIONS::contains).findFirst();
    boolean noCopy = words.contains("nocopy");
    Type type = bind ? Type.BIND : Type.VOLUME;
    if (bind && noCopy) {
      throw invalid(type, "field VolumeOptions must not be specified");
    }
    if (!bind && propagation.isPresent()) {
      throw invalid(type, "field BindOptions must not be specified");
    }
    MountSpec spec =
        new MountSpec(
            type,
            source,
            target,
            words.contains("ro"),
            true,
            new BindOptions(
                propagation.map(Propagation::parse).orElse(Propagation.RPRIVATE),
                true,
                ReadOnlyScope.ALL_IF_POSSIBLE,
                BindOptions.relabel(words)),
            new VolumeOptions(noCopy, Map.of(), Optional.empty(), Map.of(), ""),
            TmpfsMountOptions.DEFAULT,
            "");
    check(spec);
    return spec;
  }

  private static InvalidInputException invalid(String text) {
    return new InvalidInputException("invalid volume specification: '" + text + "'");
  }

  private static boolean isMode(String mode) {
    if (mode.isEmpty()) {
      return true;
    }
    List<Set<String>> seen = new ArrayList<>();
    for (String word : mode.split(",", -1)) {
      Optional<Set<String>> kind = MODES.stream().filter(m -> m.contains(word)).findFirst();
      if (kind.isEmpty() || seen.contains(kind.get())) {
        return false;
      }
      seen.add(kind.get());
    }
    return true;
  }

  /**
   * What a mount may not be, whoever asks for it.
   *
   * @throws InvalidInputException with Docker's message
   */
  public static void check(MountSpec mount) {
    Type type = mount.type();
    if (mount.target().isEmpty()) {
      throw invalid(type, "field Target must not be empty");
    }
    if (clean(mount.target()).equals("/")) {
      throw invalid(type, "invalid specification: destination can't be '/'");
    }
    checkAbsolute(type, mount.target());
    switch (type) {
      case BIND -> {
        if (mount.source().isEmpty()) {
          throw invalid(type, "field Source must not be empty");
        }
        checkAbsolute(type, mount.source());
      }
      case VOLUME -> {
        if (mount.source().isEmpty() && mount.readOnly()) {
          throw invalid(type, "must not set ReadOnly mode when using anonymous volumes");
        }
      }
      case TMPFS -> {
        if (!mount.source().isEmpty()) {
          throw invalid(type, "field Source must not be specified");
        }
      }
      case IMAGE -> {
        if (mount.source().isEmpty()) {
          throw invalid(type, "field Source must not be empty");
        }
      }
    }
  }

  private static String clean(String path) {
    return Path.of(path).normalize().toString();
  }

  private static void checkAbsolute(Type type, String path) {
    if (!path.startsWith("/")) {
      throw invalid(type, "invalid mount path: '" + path + "' mount path must be absolute");
    }
  }

  static InvalidInputException invalid(Object type, String why) {
    return new InvalidInputException("invalid mount config for type \"" + type + "\": " + why);
  }

  /**
   * The value of {@code --volumes-from}.
   *
   * @param container a name or id
   * @param readOnly whether all are read-only; as they are there when empty
   */
  public record VolumesFrom(String container, Optional<Boolean> readOnly) {}

  /** Reads {@code CONTAINER} or {@code CONTAINER:MODE}. */
  public static VolumesFrom volumesFrom(String text) {
    if (text.isEmpty()) {
      throw new InvalidInputException("invalid empty volumes-from specification");
    }
    int colon = text.indexOf(':');
    if (colon < 0) {
      return new VolumesFrom(text, Optional.empty());
    }
    String mode = text.substring(colon + 1);
    List<String> words = List.of(mode.split(","));
    if (!isMode(mode)
        || words.stream().anyMatch(word -> PROPAGATIONS.contains(word) || word.equals("nocopy"))) {
      throw new InvalidInputException("invalid mode: " + mode.toLowerCase(Locale.ROOT));
    }
    Optional<Boolean> readOnly =
        words.contains("ro")
            ? Optional.of(true)
            : words.contains("rw") ? Optional.of(false) : Optional.empty();
    return new VolumesFrom(text.substring(0, colon), readOnly);
  }
}
