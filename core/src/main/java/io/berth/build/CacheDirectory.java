package io.berth.build;

import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.internal.AtomicFile;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.Digester;
import io.berth.oci.ImageSink;
import io.berth.oci.ImageSource;
import io.berth.oci.Index;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** A directory with one artifact, as an OCI layout (image-spec, image-layout.md). */
final class CacheDirectory implements ImageSource, ImageSink {
  private static final byte[] LAYOUT =
      "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8);

  private final Path directory;

  CacheDirectory(Path directory) {
    this.directory = directory;
  }

  @Override
  public Descriptor root() {
    byte[] index =
        AtomicFile.read(directory.resolve("index.json"))
            .orElseThrow(() -> new NotFoundException("there is no cache in " + directory));
    return Index.parse(index).manifests().stream()
        .findFirst()
        .orElseThrow(() -> new NotFoundException("there is no cache in " + directory));
  }

  @Override
  public byte[] manifest(Descriptor manifest) throws IOException {
    try (InputStream in = blob(manifest, 0)) {
      byte[] bytes = in.readAllBytes();
      if (!Digest.sha256(bytes).equals(manifest.digest())) {
        throw new InvalidInputException("the manifest " + manifest.digest() + " is damaged");
      }
      return bytes;
    }
  }

  @Override
  public InputStream blob(Descriptor blob, long offset) throws IOException {
    try {
      InputStream in = Files.newInputStream(path(blob));
      in.skipNBytes(offset);
      return in;
    } catch (NoSuchFileException e) {
      throw new InvalidInputException(directory + " lacks " + blob.digest(), e);
    }
  }

  @Override
  public boolean has(Descriptor blob) {
    return Files.exists(path(blob));
  }

  @Override
  public void blob(Descriptor blob, Content content) throws IOException {
    Path file = path(blob);
    Files.createDirectories(file.getParent());
    Path temporary = Files.createTempFile(file.getParent(), ".tmp-", "");
    try {
      Digester digester = Digester.sha256();
      try (InputStream in = content.open();
          OutputStream out = Files.newOutputStream(temporary)) {
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
          digester.update(buffer, 0, n);
          out.write(buffer, 0, n);
        }
      }
      if (!digester.digest().equals(blob.digest())) {
        throw new InvalidInputException("the content is not " + blob.digest());
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  @Override
  public void manifest(Descriptor manifest, byte[] bytes) {
    AtomicFile.write(path(manifest), bytes);
  }

  @Override
  public void root(Descriptor root, byte[] bytes) {
    manifest(root, bytes);
    AtomicFile.write(directory.resolve("oci-layout"), LAYOUT);
    AtomicFile.write(directory.resolve("index.json"), Index.oci(List.of(root)).toBytes());
  }

  @Override
  public void close() {
    // Nothing is held open.
  }

  private Path path(Descriptor blob) {
    return directory
        .resolve("blobs")
        .resolve(blob.digest().algorithm())
        .resolve(blob.digest().hex());
  }
}
