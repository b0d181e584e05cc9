package io.berth.build;

import io.berth.error.InvalidInputException;
import io.berth.layers.Compression;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.ImageSource;
import io.berth.oci.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Takes results from an exported cache; a layer is fetched when a step asks for it. */
final class CacheReader implements CacheImport {
  private static final long LARGEST_LAYER = 128L << 30;

  private final ImageSource source;
  private final LayerSteps layers;
  private final Consumer<String> warnings;
  private final Map<Digest, CacheRecord.Entry> steps = new HashMap<>();
  private final Map<String, Descriptor> blobs = new HashMap<>();

  private CacheReader(ImageSource source, LayerSteps layers, Consumer<String> warnings) {
    this.source = source;
    this.layers = layers;
    this.warnings = warnings;
  }

  static CacheReader open(ImageSource source, LayerSteps layers, Consumer<String> warnings)
      throws IOException {
    Manifest manifest = Manifest.parse(source.manifest(source.root()));
    if (!manifest.config().mediaType().equals(CacheRecord.CONFIG)) {
      throw new InvalidInputException(
          "it is of type " + manifest.config().mediaType() + ", and no build cache of Berth");
    }
    CacheRecord record;
    try (InputStream in = source.blob(manifest.config())) {
      byte[] bytes = in.readAllBytes();
      if (!Digest.sha256(bytes).equals(manifest.config().digest())) {
        throw new InvalidInputException("its configuration is damaged");
      }
      record = CacheRecord.parse(bytes);
    }
    CacheReader reader = new CacheReader(source, layers, warnings);
    record.steps().forEach(step -> reader.steps.put(step.key(), step));
    Map<String, Descriptor> byDigest = new HashMap<>();
    manifest.layers().forEach(layer -> byDigest.put(layer.digest().toString(), layer));
    record
        .layers()
        .forEach((diffId, blob) -> reader.blobs.computeIfAbsent(diffId, d -> byDigest.get(blob)));
    return reader;
  }

  @Override
  public Optional<StepResult> take(Digest key, List<Digest> below) {
    CacheRecord.Entry found = steps.get(key);
    if (found == null) {
      return Optional.empty();
    }
    if (found.layer().isEmpty()) {
      return Optional.of(new StepResult(Optional.empty(), found.created()));
    }
    Digest diffId = found.layer().get().diffId();
    Descriptor blob = blobs.get(diffId.toString());
    if (blob == null) {
      return Optional.empty();
    }
    try (InputStream packed = source.blob(blob);
        InputStream tar = Compression.decompress(packed, OptionalLong.of(LARGEST_LAYER))) {
      StepResult.Layer layer = layers.apply(below, diffId, tar);
      return Optional.of(new StepResult(Optional.of(layer), found.created()));
    } catch (IOException | InvalidInputException e) {
      warnings.accept("A layer of the imported cache cannot be used: " + e.getMessage());
      return Optional.empty();
    }
  }
}
