package io.berth.archive;

import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.layers.BlobStore;
import io.berth.layers.Compression;
import io.berth.layers.tar.TarReader;
import io.berth.oci.Digest;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A tar of images, plain or compressed: what {@code docker save} writes, or an OCI layout.
 *
 * <pre>{@code
 * try (ImageArchive archive = ImageArchive.open(file, blobs, limit, taken::add)) {
 *   for (ArchivedImage image : archive.images()) { ... }
 * }
 * }</pre>
 */
public final class ImageArchive implements AutoCloseable {
  private final List<ArchivedImage> images;
  private final AutoCloseable resource;

  private ImageArchive(List<ArchivedImage> images, AutoCloseable resource) {
    this.images = images;
    this.resource = resource;
  }

  /**
   * Reads an archive from its beginning to its end, so it may come through a pipe. What could be a
   * part of an image goes straight into the blob store. The stream is not closed.
   *
   * @param unpackedLimit the most bytes that a compressed archive may unpack to
   * @param taken hears of every blob that is in the store then, also when this fails later: those
   *     that belong to no image are to be removed
   * @throws InvalidInputException when it is no archive of images, or a damaged one
   */
  public static ImageArchive read(
      InputStream in, BlobStore blobs, long unpackedLimit, Consumer<Digest> taken)
      throws IOException {
    ArchiveEntries entries = new ArchiveEntries();
    try {
      InputStream plain = Compression.decompress(in, OptionalLong.of(unpackedLimit));
      entries.read(
          new TarReader(plain),
          (name, tar, entry) -> {
            BlobStore.Blob blob =
                blobs.ingest(tar.content(), ArchiveNames.digest(name), OptionalLong.empty());
            taken.accept(blob.digest());
            return new ArchiveFile.Stored(blobs, blob);
          });
    } catch (EOFException e) {
      throw new InvalidInputException(
          "Invalid image archive: it ends in the middle of compressed data; it was cut short", e);
    }
    return new ImageArchive(images(entries), () -> {});
  }

  /**
   * Opens an archive in a file. When it is not compressed, its layers stay where they are until
   * somebody reads them; else this is as {@link #read}.
   *
   * @throws NotFoundException when there is no such file
   */
  public static ImageArchive open(
      Path file, BlobStore blobs, long unpackedLimit, Consumer<Digest> taken) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      try (InputStream in = Files.newInputStream(file)) { // a pipe
        return read(in, blobs, unpackedLimit, taken);
      }
    }
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new NotFoundException("No such image archive: " + file, e);
    }
    try {
      InputStream whole = new ArchiveFile.Range(channel, 0, Long.MAX_VALUE, false);
      if (isPlain(channel)) {
        return new ImageArchive(images(index(channel)), channel);
      }
      ImageArchive archive =
          read(new BufferedInputStream(whole, 256 << 10), blobs, unpackedLimit, taken);
      channel.close();
      return archive;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static boolean isPlain(FileChannel channel) throws IOException {
    try (InputStream start = new ArchiveFile.Range(channel, 0, 4, false)) {
      return Compression.of(start.readNBytes(4)) == Compression.NONE;
    }
  }

  private static ArchiveEntries index(FileChannel channel) throws IOException {
    InputStream whole = new ArchiveFile.Range(channel, 0, channel.size(), false);
    ArchiveEntries entries = new ArchiveEntries();
    entries.read(
        TarReader.skipping(whole),
        (name, tar, entry) -> {
          if (entry.data().isPresent()) {
            throw new InvalidInputException(
                "Invalid image archive: " + name + " is stored as a sparse file");
          }
          return new ArchiveFile.InTar(
              channel, tar.contentOffset(), entry.size(), ArchiveNames.digest(name));
        });
    return entries;
  }

  private static List<ArchivedImage> images(ArchiveEntries entries) throws IOException {
    List<ArchivedImage> images = new ArrayList<>();
    Optional<byte[]> index = entries.table(ArchiveNames.INDEX);
    Optional<byte[]> manifest = entries.table(ArchiveNames.MANIFEST);
    if (index.isPresent()) {
      Map<Digest, ArchiveFile> blobs = new HashMap<>();
      entries.files().forEach((name, file) -> file.digest().ifPresent(d -> blobs.put(d, file)));
      for (Table.Entry entry : Table.entries(index.get())) {
        ArchiveSource source = new ArchiveSource(entry.root(), blobs, Map.of());
        images.add(new ArchivedImage(source, entry.names()));
      }
    }
    if (manifest.isPresent()) {
      DockerTable table = new DockerTable(entries);
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
    return List.copyOf(images);
  }

  /** What is in the archive; to be read before it is closed. */
  public List<ArchivedImage> images() {
    return images;
  }

  @Override
  public void close() {
    try {
      resource.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
