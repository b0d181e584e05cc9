package io.berth.layers;

import io.berth.error.StorageException;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.OpenFlags;
import io.berth.linux.StatusCalls;
import io.berth.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Where blobs are on disk: {@code blobs/sha256/HEX}, and {@code ingest/} for the unfinished. */
record BlobFiles(Path blobs, Path ingest, Optional<Unsynced> unsynced) {

  /**
   * @param durable whether a blob survives a power cut as soon as it has its name
   */
  static BlobFiles in(Path data, boolean durable) {
    Path blobs = data.resolve("blobs");
    return new BlobFiles(
        blobs,
        data.resolve("ingest"),
        durable ? Optional.empty() : Unsynced.currentBoot().map(b -> new Unsynced(blobs, b)));
  }

  Path blob(Digest digest) {
    return blobs.resolve(digest.algorithm()).resolve(digest.hex());
  }

  /** The unfinished part of a blob; a name that survives crashes. */
  Path part(Digest digest) {
    return ingest.resolve(digest.algorithm() + "-" + digest.hex());
  }

  void makeDirectories() {
    try {
      Files.createDirectories(blobs.resolve(Digest.SHA256));
      Files.createDirectories(blobs.resolve(Digest.SHA512));
      Files.createDirectories(ingest);
    } catch (IOException e) {
      throw new StorageException("Cannot make " + blobs + ": " + e.getMessage(), e);
    }
  }

  /** Makes complete content that is open in {@code written} a blob. */
  void publish(Fd written, Path temporary, Digest digest) {
    StatusCalls.chmod(written, 0444);
    if (unsynced.isPresent()) {
      unsynced.get().note(digest);
    } else {
      FileIo.sync(written);
    }
    Path target = blob(digest);
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StorageException("Cannot keep blob " + digest + ": " + e.getMessage(), e);
    }
    if (unsynced.isPresent()) {
      unsynced.get().settleOld();
      return;
    }
    String directory = target.getParent().toString();
    try (Fd parent = FileCalls.open(Fd.CWD, directory, OpenFlags.DIRECTORY, 0, 0)) {
      FileIo.sync(parent);
    }
  }
}
