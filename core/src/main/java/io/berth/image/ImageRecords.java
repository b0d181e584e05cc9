package io.berth.image;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import io.berth.layers.BlobStore;
import io.berth.oci.Digest;
import io.berth.oci.ImageConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * One file for each image, named by its id: it says that the image is there, and what its
 * configuration, a blob, does not say.
 */
final class ImageRecords {
  private final Path directory;
  private final BlobStore blobs;
  // An image never changes, so what was read once needs only a look whether it is still there.
  private final Map<Digest, StoredImage> known = new ConcurrentHashMap<>();

  ImageRecords(Path directory, BlobStore blobs) {
    this.directory = directory;
    this.blobs = blobs;
  }

  Optional<StoredImage> find(Digest id) {
    Path file = file(id);
    if (!Files.exists(file)) {
      known.remove(id);
      return Optional.empty();
    }
    StoredImage image = known.get(id);
    if (image == null) {
      Optional<byte[]> bytes = AtomicFile.read(file);
      if (bytes.isEmpty()) {
        return Optional.empty();
      }
      try {
        image = read(id, file, bytes.get());
      } catch (NotFoundException e) {
        if (Files.exists(file)) {
          throw e;
        }
        return Optional.empty(); // removed meanwhile
      }
      known.put(id, image);
    }
    return Optional.of(image);
  }

  /** The ids of all images. */
  List<Digest> ids() {
    List<Digest> ids = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString();
        int dash = name.indexOf('-');
        // The names of temporary files begin with a dot.
        if (dash > 0 && name.charAt(0) != '.') {
          ids.add(new Digest(name.substring(0, dash), name.substring(dash + 1)));
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new StorageException("Cannot list " + directory + ": " + e, e);
    }
    return ids;
  }

  List<StoredImage> all() {
    return ids().stream().flatMap(id -> find(id).stream()).toList();
  }

  /** Stores an image, unless it is there already. */
  StoredImage put(byte[] config, List<Long> layerSizes) {
    Digest id = Digest.sha256(config);
    Optional<StoredImage> present = find(id);
    if (present.isPresent()) {
      return present.get();
    }
    StoredImage image = new StoredImage(id, ImageConfig.parse(config), layerSizes, Instant.now());
    store(id, config);
    AtomicFile.write(
        file(id),
        new JsonWriter()
            .put("stored", image.stored())
            .list("layerSizes", layerSizes, JsonNodeFactory.instance::numberNode)
            .toBytes());
    known.put(id, image);
    return image;
  }

  void remove(Digest id) {
    AtomicFile.delete(file(id));
    known.remove(id);
  }

  private void store(Digest id, byte[] config) {
    try {
      blobs.ingest(
          new ByteArrayInputStream(config), Optional.of(id), OptionalLong.of(config.length));
    } catch (IOException e) {
      throw new StorageException("Cannot store the configuration " + id + ": " + e, e);
    }
  }

  private byte[] load(Digest id) {
    try (InputStream in = blobs.open(id)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new StorageException("Cannot read the configuration " + id + ": " + e, e);
    }
  }

  private StoredImage read(Digest id, Path file, byte[] bytes) {
    JsonReader json = Json.parse(file.toString(), bytes);
    ImageConfig config = ImageConfig.parse(load(id));
    return new StoredImage(
        id, config, json.list("layerSizes", JsonReader::integer), json.at("stored").instant());
  }

  private Path file(Digest id) {
    return directory.resolve(id.algorithm() + "-" + id.hex());
  }
}
