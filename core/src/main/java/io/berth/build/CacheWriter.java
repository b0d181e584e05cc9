package io.berth.build;

import com.github.luben.zstd.ZstdOutputStream;
import io.berth.api.Image;
import io.berth.error.StorageException;
import io.berth.layers.Snapshotter;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.Digester;
import io.berth.oci.ImageSink;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Exports the results that a build rests on. */
final class CacheWriter {
  private final Snapshotter snapshotter;
  private final ImageSink sink;
  private final Path temporary;

  /**
   * @param temporary a directory for layers on their way
   */
  CacheWriter(Snapshotter snapshotter, ImageSink sink, Path temporary) {
    this.snapshotter = snapshotter;
    this.sink = sink;
    this.temporary = temporary;
  }

  /**
   * Writes.
   *
   * @param all whether layers are written that are not in the image, too
   */
  void write(Map<Digest, StepResult> used, Image image, boolean all) throws IOException {
    Set<Digest> inImage = new HashSet<>(image.config().diffIds());
    List<CacheRecord.Entry> steps = new ArrayList<>();
    Map<String, String> blobs = new LinkedHashMap<>();
    Map<Digest, Descriptor> written = new LinkedHashMap<>();
    for (Map.Entry<Digest, StepResult> each : used.entrySet()) {
      StepResult result = each.getValue();
      Optional<StepResult.Layer> layer = result.layer();
      if (layer.isPresent() && !all && !inImage.contains(layer.get().diffId())) {
        continue;
      }
      if (layer.isPresent()) {
        Digest diffId = layer.get().diffId();
        if (!written.containsKey(diffId)) {
          written.put(diffId, layer(layer.get()));
        }
        blobs.put(diffId.toString(), written.get(diffId).digest().toString());
      }
      steps.add(
          new CacheRecord.Entry(
              each.getKey(),
              result.created(),
              layer.map(l -> new CacheRecord.Layer(l.diffId(), l.size()))));
    }
    byte[] config = new CacheRecord(steps, blobs).toBytes();
    Descriptor described = Descriptor.of(CacheRecord.CONFIG, config);
    sink.blob(described, () -> new ByteArrayInputStream(config));
    Manifest manifest =
        new Manifest(
            MediaTypes.OCI_MANIFEST,
            Optional.of(CacheRecord.ARTIFACT),
            described,
            List.copyOf(written.values()),
            Optional.empty(),
            Map.of());
    byte[] bytes = manifest.toBytes();
    sink.root(Descriptor.of(MediaTypes.OCI_MANIFEST, bytes), bytes);
  }

  private Descriptor layer(StepResult.Layer layer) throws IOException {
    Files.createDirectories(temporary);
    Path packed = Files.createTempFile(temporary, "layer-", ".tar.zst");
    try {
      Digester digester = Digester.sha256();
      try (OutputStream file = Files.newOutputStream(packed);
          OutputStream counted = new Digesting(file, digester);
          OutputStream out = new ZstdOutputStream(counted)) {
        snapshotter.diff(layer.chainId().toString(), out);
      }
      Descriptor blob =
          new Descriptor(MediaTypes.OCI_LAYER_ZSTD, digester.digest(), Files.size(packed));
      if (!sink.has(blob)) {
        sink.blob(blob, () -> Files.newInputStream(packed));
      }
      return blob;
    } catch (StorageException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      Files.deleteIfExists(packed);
    }
  }

  private static final class Digesting extends FilterOutputStream {
    private final Digester digester;

    Digesting(OutputStream out, Digester digester) {
      super(out);
      this.digester = digester;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      digester.update(bytes, offset, length);
      out.write(bytes, offset, length);
    }
  }
}
