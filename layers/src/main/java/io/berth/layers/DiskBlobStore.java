package io.berth.layers;

import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.FileLock;
import io.berth.linux.FileStatus;
import io.berth.linux.OpenFlags;
import io.berth.linux.StatusCalls;
import io.berth.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A {@link BlobStore} of plain files. */
final class DiskBlobStore implements BlobStore {
  private final BlobFiles files;

  DiskBlobStore(BlobFiles files) {
    this.files = files;
    files.makeDirectories();
    files.unsynced().ifPresent(Unsynced::recover);
    removeLeftovers();
  }

  @Override
  public Blob ingest(InputStream content, Optional<Digest> expected, OptionalLong expectedSize)
      throws IOException {
    String algorithm = expected.map(Digest::algorithm).orElse(Digest.SHA256);
    try (Draft draft = new DiskDraft(files, algorithm)) {
      byte[] buffer = new byte[128 << 10];
      for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
        if (expectedSize.isPresent() && draft.size() + n > expectedSize.getAsLong()) {
          throw wrongSize(name(expected), expectedSize.getAsLong(), "more");
        }
        draft.write(buffer, 0, n);
      }
      if (expectedSize.isPresent() && draft.size() != expectedSize.getAsLong()) {
        throw wrongSize(name(expected), expectedSize.getAsLong(), draft.size() + " bytes");
      }
      return draft.commit(expected);
    }
  }

  @Override
  public Draft draft() {
    return new DiskDraft(files, Digest.SHA256);
  }

  private static String name(Optional<Digest> expected) {
    return expected.map(Digest::toString).orElse("of unknown digest");
  }

  static InvalidInputException wrongSize(String what, long expected, String found) {
    return new InvalidInputException(
        "Content " + what + " should have " + expected + " bytes, found " + found);
  }

  static InvalidInputException wrongDigest(Digest expected, Digest found) {
    return new InvalidInputException(
        "Content should be " + expected + ", found " + found + "; it was corrupted on the way");
  }

  @Override
  public Ingest begin(Digest expected, long size) {
    return new PartialIngest(files, expected, size);
  }

  @Override
  public InputStream open(Digest digest) {
    return FileCalls.openIfPresent(
            Fd.CWD, files.blob(digest).toString(), OpenFlags.RDONLY | OpenFlags.NOFOLLOW, 0)
        .map(FileIo::inputStream)
        .orElseThrow(() -> missing(digest));
  }

  @Override
  public FileChannel channel(Digest digest) {
    try {
      return FileChannel.open(files.blob(digest), StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw missing(digest);
    } catch (IOException e) {
      throw new StorageException("Cannot open blob " + digest + ": " + e.getMessage(), e);
    }
  }

  @Override
  public long size(Digest digest) {
    return status(digest).orElseThrow(() -> missing(digest)).size();
  }

  @Override
  public boolean has(Digest digest) {
    return status(digest).isPresent();
  }

  private Optional<FileStatus> status(Digest digest) {
    return StatusCalls.statIfPresent(Fd.CWD, files.blob(digest).toString());
  }

  private NotFoundException missing(Digest digest) {
    return new NotFoundException(
        "No such blob: " + digest + " in " + files.blobs() + "; pull the image again");
  }

  @Override
  public void remove(Digest digest) {
    try {
      Files.deleteIfExists(files.blob(digest));
      if (files.unsynced().isPresent()) {
        files.unsynced().get().forget(digest);
      }
    } catch (IOException e) {
      throw new StorageException("Cannot remove blob " + digest + ": " + e.getMessage(), e);
    }
  }

  @Override
  public List<Digest> list() {
    List<Digest> all = new ArrayList<>();
    for (String algorithm : List.of(Digest.SHA256, Digest.SHA512)) {
      try (DirectoryStream<Path> found =
          Files.newDirectoryStream(files.blobs().resolve(algorithm))) {
        found.forEach(each -> all.add(new Digest(algorithm, each.getFileName().toString())));
      } catch (IOException e) {
        throw new StorageException("Cannot list " + files.blobs() + ": " + e.getMessage(), e);
      }
    }
    return all;
  }

  @Override
  public void removeParts() {
    for (String algorithm : List.of(Digest.SHA256, Digest.SHA512)) {
      // Whoever loses a part between making and locking it makes another.
      removeUnlocked(algorithm + "-*", Duration.ZERO);
    }
  }

  /** Removes what crashes left of ingests that cannot resume; those under way are locked. */
  private void removeLeftovers() {
    // Those made just now are perhaps not locked yet.
    removeUnlocked(DiskDraft.TEMPORARY + "*", Duration.ofMinutes(1));
  }

  private void removeUnlocked(String pattern, Duration youth) {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(files.ingest(), pattern)) {
      for (Path each : found) {
        if (Files.size(each) == 0 && age(each).compareTo(youth) < 0) {
          continue;
        }
        Optional<FileLock> lock = FileLock.tryExclusive(each);
        if (lock.isPresent()) {
          Files.deleteIfExists(each);
          lock.get().close();
        }
      }
    } catch (NoSuchFileException e) {
      // published or removed by its owner meanwhile
    } catch (IOException e) {
      throw new StorageException("Cannot clear " + files.ingest() + ": " + e.getMessage(), e);
    }
  }

  private static Duration age(Path file) throws IOException {
    return Duration.between(Files.getLastModifiedTime(file).toInstant(), Instant.now());
  }
}
