package io.berth.remote.image;

import io.berth.api.SaveRequest;
import io.berth.archive.ArchiveFormat;
import io.berth.error.StorageException;
import io.berth.remote.call.Call;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Has an engine write images to an archive. */
final class RemoteSaveRequest implements SaveRequest {
  private static final String INSTEAD =
      "save in the form DOCKER, load that into an embedded engine and save it from there";

  private final ImagesClient images;
  private final List<String> names;

  RemoteSaveRequest(ImagesClient images, List<String> names) {
    this.images = images;
    this.names = names;
  }

  @Override
  public SaveRequest format(ArchiveFormat format) {
    if (format != ArchiveFormat.DOCKER) {
      throw images.api().cannot("write archives of the form " + format, INSTEAD);
    }
    return this;
  }

  @Override
  public SaveRequest as(String reference) {
    throw images.api().cannot("give an image another name in an archive", INSTEAD);
  }

  @Override
  public void to(OutputStream out) {
    names.forEach(images::get);
    Call call = images.api().get("/images/get");
    names.forEach(name -> call.query("names", name));
    try {
      call.copyTo(out);
      out.flush();
    } catch (IOException e) {
      throw new StorageException("Cannot write the archive: " + e, e);
    }
  }

  @Override
  public void to(Path file) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      try (OutputStream out = Files.newOutputStream(part)) {
        to(out);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new StorageException("Cannot write " + file + ": " + e, e);
    } finally {
      part.toFile().delete();
    }
  }

  @Override
  public void toLayout(Path directory) {
    throw images.api().cannot("write OCI layouts", INSTEAD);
  }
}
