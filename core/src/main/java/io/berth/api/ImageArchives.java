package io.berth.api;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Images in files: archives as {@code docker save} writes them, and OCI layouts, in a directory or
 * a tar.
 *
 * <pre>{@code
 * berth.images().save("app:1", "db:2").to(Path.of("images.tar"));
 * List<Image> images = berth.images().load(Path.of("images.tar")).execute();
 * }</pre>
 */
public interface ImageArchives {

  /**
   * Writes images, with their layers and names, to an archive or layout.
   *
   * @param names references or ids; an image given by its id is written without a name
   */
  SaveRequest save(String... names);

  /**
   * Writes the files of an image as one tar, as {@link Images#importRootfs} takes it. The stream is
   * not closed.
   *
   * @throws io.berth.error.NotFoundException when there is no such image; nothing is written then
   */
  void exportRootfs(String name, OutputStream tar);

  /**
   * Takes the images of an archive, plain or compressed with gzip or zstd. The stream is read to
   * its end, once, and not closed; it may be a pipe.
   */
  LoadRequest load(InputStream archive);

  /** Takes the images of an archive in a file, or of an OCI layout in a directory. */
  LoadRequest load(Path archive);
}
