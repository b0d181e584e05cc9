package io.berth.api;

import io.berth.archive.ArchiveFormat;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * How to save images; made by {@link ImageArchives#save}. Layers are written as they came, or
 * uncompressed when they were made here.
 */
public interface SaveRequest {

  /** The form of the archive; {@link ArchiveFormat#DOCKER} unless set. */
  SaveRequest format(ArchiveFormat format);

  /**
   * Gives the first of the images a name in the archive that it need not have in the store; may be
   * called several times.
   */
  SaveRequest as(String reference);

  /**
   * Writes an archive to a stream, which is flushed, not closed.
   *
   * @throws io.berth.error.NotFoundException when there is no such image; nothing is written then
   */
  void to(OutputStream out);

  /** Writes an archive to a file, which is replaced when all is written. */
  void to(Path file);

  /** Adds the images to an OCI layout in a directory, which is made when it is missing. */
  void toLayout(Path directory);
}
