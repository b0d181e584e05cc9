package io.berth.archive;

import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.Index;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes images into an OCI layout directory, which is made when it is missing. Images that are
 * there stay, unless a new one takes their name. A reader sees an image whole or not at all.
 */
public final class LayoutWriter {
  private static final String TEMPORARY = ".tmp-";

  private final Path directory;

  private LayoutWriter(Path directory) {
    this.directory = directory;
  }

  public static void write(Path directory, List<SavedImage> images) throws IOException {
    LayoutWriter writer = new LayoutWriter(directory);
    Index before = writer.index();
    for (SavedImage image : images) {
      for (SavedImage each : image.all()) {
        for (SavedLayer layer : each.layers()) {
          writer.blob(layer.descriptor().digest(), layer::writeTo);
        }
        writer.blob(each.config().digest(), out -> out.write(each.configBytes()));
        writer.blob(each.manifest().digest(), out -> out.write(each.manifestBytes()));
      }
      for (SavedBlob document : image.documents()) {
        writer.blob(document.descriptor().digest(), out -> out.write(document.content()));
      }
    }
    writer.file(ArchiveNames.LAYOUT, out -> out.write(ArchiveWriter.LAYOUT_VERSION));
    writer.file(ArchiveNames.INDEX, out -> out.write(merge(before, images).toBytes()));
  }

  private Index index() throws IOException {
    Path file = directory.resolve(ArchiveNames.INDEX);
    try {
      return Index.parse(SmallFile.read(file.toString(), Files.newInputStream(file)));
    } catch (NoSuchFileException e) {
      return Index.oci(List.of());
    }
  }

  private static Index merge(Index before, List<SavedImage> images) {
    List<Descriptor> entries = new ArrayList<>(before.manifests());
    for (SavedImage image : images) {
      for (Descriptor entry : Annotations.entries(image)) {
        entries.removeIf(other -> name(other).equals(name(entry)) && isSame(other, entry));
        entries.add(entry);
      }
    }
    return new Index(
        before.mediaType(), before.artifactType(), entries, before.subject(), before.annotations());
  }

  private static Optional<String> name(Descriptor entry) {
    return Optional.ofNullable(entry.annotations().get(Table.IMAGE_NAME));
  }

  /** One name is one image; images without a name are told apart by their digests. */
  private static boolean isSame(Descriptor one, Descriptor other) {
    return name(one).isPresent() || one.digest().equals(other.digest());
  }

  private interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private void blob(Digest digest, Content content) throws IOException {
    String name = ArchiveNames.blob(digest);
    if (!Files.exists(directory.resolve(name))) {
      file(name, content);
    }
  }

  private void file(String name, Content content) throws IOException {
    Path target = directory.resolve(name);
    Files.createDirectories(target.getParent());
    Path temporary = Files.createTempFile(target.getParent(), TEMPORARY, "");
    try {
      try (OutputStream out = Files.newOutputStream(temporary)) {
        content.writeTo(out);
      }
      try (FileChannel written = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        written.force(true);
      }
      Files.setPosixFilePermissions(
          temporary, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
