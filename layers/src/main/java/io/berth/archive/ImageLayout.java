package io.berth.archive;

import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.oci.Descriptor;
import io.berth.oci.ImageSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The images of an OCI layout directory, read where they are (image-spec, image-layout.md). */
public final class ImageLayout {
  private ImageLayout() {}

  /**
   * The images that the layout's index names.
   *
   * @throws NotFoundException when there is no such directory, or no layout in it
   * @throws InvalidInputException when its index is broken, or empty
   */
  public static List<ArchivedImage> read(Path directory) throws IOException {
    byte[] index;
    try {
      index =
          SmallFile.read(
              ArchiveNames.INDEX, Files.newInputStream(directory.resolve(ArchiveNames.INDEX)));
    } catch (NoSuchFileException e) {
      throw new NotFoundException(
          "No OCI layout in " + directory + ": expected oci-layout, index.json and blobs/", e);
    }
    List<ArchivedImage> images =
        Table.entries(index).stream()
            .map(entry -> new ArchivedImage(new Source(directory, entry.root()), entry.names()))
            .toList();
    if (images.isEmpty()) {
      throw new InvalidInputException("The OCI layout in " + directory + " has no images");
    }
    return images;
  }

  private record Source(Path directory, Descriptor root) implements ImageSource {
    @Override
    public byte[] manifest(Descriptor manifest) throws IOException {
      return SmallFile.manifest(manifest, blob(manifest));
    }

    @Override
    public InputStream blob(Descriptor blob, long offset) throws IOException {
      try {
        FileChannel channel =
            FileChannel.open(
                directory.resolve(ArchiveNames.blob(blob.digest())), StandardOpenOption.READ);
        channel.position(offset);
        return Channels.newInputStream(channel);
      } catch (NoSuchFileException e) {
        throw new NotFoundException(
            "The OCI layout in " + directory + " lacks " + blob.digest(), e);
      }
    }

    @Override
    public void close() {}
  }
}
