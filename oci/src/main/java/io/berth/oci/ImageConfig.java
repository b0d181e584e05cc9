package io.berth.oci;

import io.berth.error.InvalidInputException;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import io.berth.json.UnknownFields;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The config of an image: what it runs on, how it runs, and which layers it has (OCI image-spec,
 * config.md, with Docker's extensions). The digest of its bytes is the image ID.
 *
 * <pre>{@code
 * ImageConfig next = base.toBuilder()
 *     .config(base.config().toBuilder().env("PATH", "/bin").build())
 *     .addLayer(diffId, History.of(now, "RUN make", false))
 *     .build();
 * }</pre>
 *
 * <p>Fields that are not known here are carried from reading through the builder to writing. The
 * order of fields, spaces and the form of times are not, so a config that was read and is not
 * changed must be passed on as the bytes it came in, which the caller keeps: printing it may give
 * another digest.
 *
 * @param diffIds the digests of the uncompressed layers, lowest first
 * @param history of the build, lowest first; may be shorter than what happened
 * @param unknown other fields at the top of the document
 */
public record ImageConfig(
    Optional<Instant> created,
    Optional<String> author,
    Platform platform,
    RunConfig config,
    List<Digest> diffIds,
    List<History> history,
    UnknownFields unknown) {
  private static final Set<String> FIELDS =
      Set.of(
          "created",
          "author",
          "architecture",
          "os",
          "os.version",
          "os.features",
          "variant",
          "config",
          "rootfs",
          "history");

  public ImageConfig {
    author = author.filter(s -> !s.isEmpty());
    diffIds = List.copyOf(diffIds);
    history = List.copyOf(history);
  }

  /** Parses a config. */
  public static ImageConfig parse(byte[] bytes) {
    return read(Json.parse("config", bytes));
  }

  /** Reads the JSON form. */
  public static ImageConfig read(JsonReader json) {
    Platform platform = Platform.read(json);
    JsonReader rootfs = json.at("rootfs");
    if (!rootfs.string("type").equals("layers")) {
      throw rootfs.at("type").error("\"layers\"");
    }
    return new ImageConfig(
        json.optionalInstant("created"),
        json.optionalString("author"),
        platform,
        json.optional("config").map(RunConfig::read).orElseGet(RunConfig::empty),
        // Docker leaves the list out for an image without layers.
        rootfs.list("diff_ids", Values::digest),
        json.list("history", History::read),
        json.unknownFields(FIELDS));
  }

  /** A builder for an image without layers. */
  public static Builder builder(Platform platform) {
    return new Builder(platform);
  }

  /** A builder that starts from this. */
  public Builder toBuilder() {
    Builder builder = new Builder(platform).config(config).author(author.orElse(""));
    builder.created = created;
    builder.diffIds.addAll(diffIds);
    builder.history.addAll(history);
    builder.unknown = unknown;
    return builder;
  }

  /** The ChainID of all layers; empty when there are none. */
  public Optional<Digest> chainId() {
    return diffIds.isEmpty() ? Optional.empty() : Optional.of(ChainId.of(diffIds));
  }

  /** The compact JSON form. Equal values give equal bytes. */
  public byte[] toBytes() {
    JsonWriter json = new JsonWriter().put("created", created).put("author", author);
    return platform
        .writeTo(json)
        .put("config", config.toNode())
        .put(
            "rootfs",
            new JsonWriter()
                .put("type", "layers")
                .fullList("diff_ids", diffIds, Values::textNode)
                .toNode())
        .list("history", history, History::toNode)
        .unknown(unknown)
        .toBytes();
  }

  /** Collects the values of an {@link ImageConfig}. */
  public static final class Builder {
    private Platform platform;
    private Optional<Instant> created = Optional.empty();
    private String author = "";
    private RunConfig config = RunConfig.empty();
    private final List<Digest> diffIds = new ArrayList<>();
    private final List<History> history = new ArrayList<>();
    private UnknownFields unknown = UnknownFields.NONE;

    private Builder(Platform platform) {
      this.platform = platform;
    }

    public Builder platform(Platform value) {
      platform = value;
      return this;
    }

    public Builder created(Instant value) {
      created = Optional.of(value);
      return this;
    }

    public Builder author(String value) {
      author = value;
      return this;
    }

    public Builder config(RunConfig value) {
      config = value;
      return this;
    }

    /** Adds a layer on top, and the step that made it. */
    public Builder addLayer(Digest diffId, History step) {
      if (step.emptyLayer()) {
        throw new InvalidInputException(
            "Cannot add layer " + diffId + ": its history says that it has no layer");
      }
      diffIds.add(diffId);
      history.add(step);
      return this;
    }

    /** Adds a step that made no layer. */
    public Builder addStep(History step) {
      if (!step.emptyLayer()) {
        throw new InvalidInputException(
            "Cannot add a step without layer: its history says that it has one");
      }
      history.add(step);
      return this;
    }

    /** Replaces all layers, as a squashing step does. */
    public Builder diffIds(List<Digest> values) {
      diffIds.clear();
      diffIds.addAll(values);
      return this;
    }

    /** Replaces the whole history. */
    public Builder history(List<History> values) {
      history.clear();
      history.addAll(values);
      return this;
    }

    /**
     * Forgets the fields that are not known here, such as the {@code container_config} of old
     * Docker versions, which tells of the base's build and not of this one.
     */
    public Builder dropUnknown() {
      unknown = UnknownFields.NONE;
      return this;
    }

    public ImageConfig build() {
      return new ImageConfig(
          created, Optional.of(author), platform, config, diffIds, history, unknown);
    }
  }
}
