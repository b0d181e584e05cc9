package io.berth.oci;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.error.InvalidInputException;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * What an image runs on (OCI image-spec, image-index.md, "platform"), compared as containerd does.
 *
 * <pre>{@code
 * Platform wanted = Platform.parse("linux/arm64/v8");
 * Optional<Descriptor> manifest = index.select(wanted);
 * }</pre>
 *
 * <p>A platform read from a document keeps its words; {@link #normalized()} gives the usual ones.
 *
 * @param os as in GOOS: {@code linux}
 * @param architecture as in GOARCH: {@code amd64}
 * @param variant of the CPU, such as {@code v7}
 * @param osVersion such as {@code 10.0.17763.1}, in use for Windows only
 * @param osFeatures such as {@code win32k}
 */
public record Platform(
    String os,
    String architecture,
    Optional<String> variant,
    Optional<String> osVersion,
    List<String> osFeatures) {

  public Platform {
    variant = variant.filter(s -> !s.isEmpty());
    osVersion = osVersion.filter(s -> !s.isEmpty());
    osFeatures = List.copyOf(osFeatures);
    if (os.isEmpty() || architecture.isEmpty()) {
      throw new InvalidInputException(
          "Invalid platform: expected os and architecture, found os "
              + Quoted.of(os)
              + " and architecture "
              + Quoted.of(architecture));
    }
  }

  public Platform(String os, String architecture) {
    this(os, architecture, Optional.empty(), Optional.empty(), List.of());
  }

  public Platform(String os, String architecture, String variant) {
    this(os, architecture, Optional.of(variant), Optional.empty(), List.of());
  }

  /**
   * Parses {@code os/architecture[/variant]}, {@code os} or {@code architecture}; what is left out
   * is the host's. The OS may carry a version and features: {@code windows(10.0.17763+win32k)}.
   *
   * @return the platform, normalized
   */
  public static Platform parse(String text) {
    return PlatformNames.parse(text, host());
  }

  /** The platform that this JVM runs on, normalized. */
  public static Platform host() {
    return PlatformNames.fromJava(System.getProperty("os.name"), System.getProperty("os.arch"));
  }

  /**
   * The same platform in the usual words: {@code x86_64} is {@code amd64}, {@code aarch64} and
   * {@code arm64/v8} are {@code arm64}, {@code armhf} and {@code arm} are {@code arm/v7}.
   */
  public Platform normalized() {
    return PlatformNames.normalize(this);
  }

  /**
   * The platforms whose images run on this one, best first: for {@code arm/v7} also v6 and v5, for
   * {@code arm64} also {@code arm}, for {@code amd64} also {@code 386}.
   */
  public List<Platform> compatible() {
    return PlatformNames.compatible(normalized());
  }

  /** How well an image for another platform suits this one: 0 is best; empty when it does not. */
  public OptionalInt rank(Platform image) {
    Platform other = image.normalized();
    if (!osFeatures.containsAll(other.osFeatures) || !osVersionSuits(other)) {
      return OptionalInt.empty();
    }
    List<Platform> order = compatible();
    for (int i = 0; i < order.size(); i++) {
      Platform candidate = order.get(i);
      if (candidate.os.equals(other.os)
          && candidate.architecture.equals(other.architecture)
          && candidate.variant.equals(other.variant)) {
        return OptionalInt.of(i);
      }
    }
    return OptionalInt.empty();
  }

  /** Whether an image for another platform runs on this one. */
  public boolean runs(Platform image) {
    return rank(image).isPresent();
  }

  /** The first of those that suit this platform best. */
  public <T> Optional<T> best(Collection<T> candidates, Function<T, Platform> platform) {
    return candidates.stream()
        .map(c -> Map.entry(c, rank(platform.apply(c))))
        .filter(e -> e.getValue().isPresent())
        .min(Comparator.comparingInt(e -> e.getValue().getAsInt()))
        .map(Map.Entry::getKey);
  }

  /** Reads the JSON form. */
  public static Platform read(JsonReader json) {
    String os = json.at("os").as("an operating system", PlatformNames::notEmpty);
    String architecture = json.at("architecture").as("an architecture", PlatformNames::notEmpty);
    return new Platform(
        os,
        architecture,
        json.optionalString("variant"),
        json.optionalString("os.version"),
        json.strings("os.features"));
  }

  /** Writes the JSON form. */
  public ObjectNode toNode() {
    return writeTo(new JsonWriter()).toNode();
  }

  JsonWriter writeTo(JsonWriter json) {
    return json.put("architecture", architecture)
        .put("os", os)
        .put("os.version", osVersion)
        .strings("os.features", osFeatures)
        .put("variant", variant);
  }

  /** The form {@code os/architecture[/variant]}, as Docker prints it. */
  @Override
  public String toString() {
    return os + "/" + architecture + variant.map(v -> "/" + v).orElse("");
  }

  private boolean osVersionSuits(Platform other) {
    if (!os.toLowerCase(Locale.ROOT).equals("windows") || osVersion.isEmpty()) {
      return true;
    }
    return other.osVersion.isEmpty()
        || PlatformNames.build(osVersion.get()).equals(PlatformNames.build(other.osVersion.get()));
  }
}
