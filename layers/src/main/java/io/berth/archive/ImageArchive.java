package io.berth.archive;

import io.berth.error.InvalidInputException;
import io.berth.layers.BlobStore;
import io.berth.layers.Compression;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarReader;
import io.berth.layers.tar.TarType;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A tar of images, plain or compressed: what {@code docker save} writes, or an OCI layout. It is
 * read once, from its beginning to its end, and what could be a part of an image goes straight into
 * a blob store: nothing is kept twice, and the stream may be a pipe.
 *
 * <pre>{@code
 * List<ArchivedImage> images = ImageArchive.read(in, blobs, limit, taken::add);
 * }</pre>
 */
public final class ImageArchive {
  private static final Set<String> TABLES =
      Set.of(
          ArchiveNames.LAYOUT,
          ArchiveNames.INDEX,
          ArchiveNames.MANIFEST,
          ArchiveNames.REPOSITORIES);

  private final BlobStore blobs;
  private final Consumer<Digest> taken;
  private final Map<String, byte[]> tables = new HashMap<>();
  private final Map<String, BlobStore.Blob> files = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();

  private ImageArchive(BlobStore blobs, Consumer<Digest> taken) {
    this.blobs = blobs;
    this.taken = taken;
  }

  /**
   * Reads an archive to its end; the stream is not closed.
   *
   * @param unpackedLimit the most bytes that a compressed archive may unpack to
   * @param taken hears of every blob that is in the store then, also when this fails later: those
   *     that belong to no image are to be removed
   * @throws InvalidInputException when it is no archive of images, or a damaged one
   */
  public static List<ArchivedImage> read(
      InputStream in, BlobStore blobs, long unpackedLimit, Consumer<Digest> taken)
      throws IOException {
    ImageArchive archive = new ImageArchive(blobs, taken);
    try {
      archive.readEntries(Compression.decompress(in, OptionalLong.of(unpackedLimit)));
    } catch (EOFException e) {
      throw new InvalidInputException(
          "Invalid image archive: it ends in the middle of compressed data; it was cut short", e);
    }
    return archive.images();
  }

  private void readEntries(InputStream plain) throws IOException {
    TarReader tar = new TarReader(plain);
    for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
      TarEntry entry = next.get();
      String name = ArchiveNames.of(entry.name());
      if (entry.type() == TarType.REGULAR) {
        file(name, tar.content());
      } else if (entry.type() == TarType.SYMLINK) {
        links.put(name, ArchiveNames.target(name, entry.linkName()));
      } else if (entry.type() == TarType.HARD_LINK) {
        links.put(name, ArchiveNames.of(entry.linkName()));
      } else if (entry.type() != TarType.DIRECTORY) {
        throw new InvalidInputException(
            "Invalid image archive: " + name + " is neither a file nor a directory");
      }
    }
  }

  private void file(String name, InputStream content) throws IOException {
    if (tables.containsKey(name) || files.containsKey(name)) {
      throw new InvalidInputException("Invalid image archive: it has " + name + " twice");
    }
    if (TABLES.contains(name)) {
      tables.put(name, SmallFile.read(name, content));
    } else if (!name.endsWith("/json") && !name.endsWith("/VERSION")) { // of docker before 1.10
      BlobStore.Blob blob = blobs.ingest(content, ArchiveNames.digest(name), OptionalLong.empty());
      taken.accept(blob.digest());
      files.put(name, blob);
    }
  }

  private List<ArchivedImage> images() throws IOException {
    List<ArchivedImage> images = new ArrayList<>();
    Optional<byte[]> index = Optional.ofNullable(tables.get(ArchiveNames.INDEX));
    Optional<byte[]> manifest = Optional.ofNullable(tables.get(ArchiveNames.MANIFEST));
    if (index.isPresent()) {
      for (Table.Entry entry : Table.entries(index.get())) {
        StoredSource source = new StoredSource(entry.root(), blobs, Map.of());
        images.add(new ArchivedImage(source, entry.names()));
      }
    }
    if (manifest.isPresent()) {
      DockerTable table = new DockerTable(this::blob, blobs);
      for (DockerImage image : DockerImage.parse(manifest.get())) {
        table.add(images, image);
      }
    }
    if (index.isEmpty() && manifest.isEmpty()) {
      throw new InvalidInputException(
          "Invalid image archive: it has neither manifest.json nor index.json; expected what"
              + " docker save writes, or an OCI layout (a tar of a root file system is for"
              + " import)");
    }
    if (images.isEmpty()) {
      throw new InvalidInputException("Invalid image archive: it has no images");
    }
    return images;
  }

  /** The content of a file that a table names. */
  private BlobStore.Blob blob(String name) {
    String at = ArchiveNames.of(name);
    for (int hops = 0; hops < 8 && links.containsKey(at); hops++) {
      at = links.get(at);
    }
    BlobStore.Blob blob = files.get(at);
    if (blob == null) {
      throw new InvalidInputException(
          "Invalid image archive: it lacks " + name + ", which manifest.json names");
    }
    return blob;
  }

  static Descriptor describe(String mediaType, BlobStore.Blob blob) {
    return new Descriptor(mediaType, blob.digest(), blob.size());
  }
}
