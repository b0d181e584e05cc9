package io.berth.image;

import io.berth.api.BuildRequest;
import io.berth.api.ContextSource;
import io.berth.dockerfile.Dockerfile;
import io.berth.event.EventLog;
import io.berth.layers.BlobStore;
import io.berth.layers.Snapshotter;
import io.berth.layers.Snapshotters;
import io.berth.registry.RegistryOptions;
import io.berth.testing.TestAccess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** What tests of images and builds share. */
public final class TestImages {
  private TestImages() {}

  public static Snapshotter snapshotter(Path data, String driver) {
    return Snapshotters.open(data, Snapshotters.Driver.parse(driver), TestAccess.of(data));
  }

  public static ImageStore store(Path data, Snapshotter snapshotter, ImageUsers users) {
    return new ImageStore(data, snapshotter, BlobStore.open(data), users, EventLog.none());
  }

  /** A tar of files: names and contents in turn. */
  public static byte[] tar(String... namesAndContents) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (int i = 0; i < namesAndContents.length; i += 2) {
        byte[] content = namesAndContents[i + 1].getBytes(StandardCharsets.UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry(namesAndContents[i]);
        entry.setSize(content.length);
        entry.setModTime(1_000_000L);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The images of a store, which talks to no registry. */
  public static DefaultImages images(ImageStore store, ImageBuilder builder, Clock clock) {
    return new DefaultImages(
        store,
        builder,
        new ImageImporter(store, ImageImporter.DEFAULT_UNPACKED_LIMIT),
        new Registries(RegistryOptions.defaults()),
        clock);
  }

  static ImageBuilder noBuilder() {
    return new ImageBuilder() {
      @Override
      public BuildRequest build(ContextSource context) {
        throw new UnsupportedOperationException();
      }

      @Override
      public BuildRequest build(Dockerfile dockerfile) {
        throw new UnsupportedOperationException();
      }
    };
  }
}
