package io.berth.image;

import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import io.berth.json.Json;
import io.berth.layers.BlobStore;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.Manifest;
import io.berth.oci.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How images are packed for other places: the manifest that an image came or went with, and the
 * blob that unpacks to a layer. Kept so that an image leaves as the same bytes that came, and no
 * layer is packed twice.
 */
final class Distribution {
  private final Path manifests;
  private final Path layers;
  private final Path statements;
  private final BlobStore blobs;

  Distribution(Path directory, BlobStore blobs) {
    this.manifests = directory.resolve("manifests");
    this.layers = directory.resolve("layers");
    this.statements = directory.resolve("statements");
    this.blobs = blobs;
    AtomicFile.removeLeftovers(manifests);
    AtomicFile.removeLeftovers(layers);
  }

  /** The manifest of an image, when it and all that it refers to are in the blob store. */
  Optional<Descriptor> manifest(Digest image) {
    return noted(manifests, image).filter(this::isComplete);
  }

  void setManifest(Digest image, Descriptor manifest) {
    note(manifests, image, manifest);
  }

  /** What is said of where an image comes from, in JSON, for those that it goes to. */
  Optional<String> statement(Digest image) {
    return AtomicFile.read(file(statements, image))
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  void setStatement(Digest image, Optional<String> statement) {
    if (statement.isPresent()) {
      byte[] bytes = statement.get().getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(file(statements, image), bytes);
    } else {
      AtomicFile.delete(file(statements, image));
    }
  }

  /** The blob of a layer, when it is in the blob store. */
  Optional<Descriptor> layer(Digest diffId) {
    return noted(layers, diffId).filter(blob -> blobs.has(blob.digest()));
  }

  /** Notes which blob unpacks to a layer; the first compressed one stays. */
  void setLayer(Digest diffId, Descriptor blob) {
    if (layer(diffId).filter(known -> !MediaTypes.isTar(known.mediaType())).isEmpty()) {
      note(layers, diffId, blob);
    }
  }

  /** Forgets the manifest of an image that was removed, and what was said of it. */
  void forget(Digest image) {
    AtomicFile.delete(file(statements, image));
    AtomicFile.delete(file(manifests, image));
  }

  /** Forgets which blobs unpacked to layers, where the blobs are gone. */
  void forgetLostLayers() {
    try (DirectoryStream<Path> notes = Files.newDirectoryStream(layers, "sha*")) {
      for (Path note : notes) {
        if (read(note).filter(blob -> blobs.has(blob.digest())).isEmpty()) {
          AtomicFile.delete(note);
        }
      }
    } catch (NoSuchFileException e) {
      // There has never been one.
    } catch (IOException e) {
      throw new StorageException("Cannot list " + layers + ": " + e, e);
    }
  }

  /** The content of a manifest in the blob store. */
  byte[] read(Descriptor manifest) {
    try (InputStream in = blobs.open(manifest.digest())) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All blobs that belong to an image. */
  Set<Digest> blobsOf(StoredImage image) {
    Set<Digest> all = new TreeSet<>();
    all.add(image.id());
    image.config().diffIds().forEach(diffId -> layer(diffId).ifPresent(l -> all.add(l.digest())));
    noted(manifests, image.id())
        .filter(manifest -> blobs.has(manifest.digest()))
        .ifPresent(
            descriptor -> {
              Manifest manifest = Manifest.parse(read(descriptor));
              all.add(descriptor.digest());
              all.add(manifest.config().digest());
              manifest.layers().forEach(layer -> all.add(layer.digest()));
            });
    return all;
  }

  private boolean isComplete(Descriptor descriptor) {
    if (!blobs.has(descriptor.digest())) {
      return false;
    }
    Manifest manifest = Manifest.parse(read(descriptor));
    return blobs.has(manifest.config().digest())
        && manifest.layers().stream().allMatch(layer -> blobs.has(layer.digest()));
  }

  private static Optional<Descriptor> noted(Path directory, Digest key) {
    return read(file(directory, key));
  }

  private static Optional<Descriptor> read(Path file) {
    return AtomicFile.read(file).map(b -> Descriptor.read(Json.parse(file.toString(), b)));
  }

  private static void note(Path directory, Digest key, Descriptor value) {
    AtomicFile.write(file(directory, key), Json.toBytes(value.toNode()));
  }

  private static Path file(Path directory, Digest key) {
    return directory.resolve(key.algorithm() + "-" + key.hex());
  }
}
