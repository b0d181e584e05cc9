package io.berth.layers;

import io.berth.error.InvalidInputException;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.FileLock;
import io.berth.linux.FileStatus;
import io.berth.linux.GatheredOutput;
import io.berth.linux.OpenFlags;
import io.berth.linux.StatusCalls;
import io.berth.oci.Digest;
import io.berth.oci.Digester;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Optional;

/** Content taken in piece by piece into a file that outlives this process. */
final class PartialIngest implements BlobStore.Ingest {
  private final BlobFiles files;
  private final Digest expected;
  private final long size;
  private Digester digester;
  private Optional<Part> part;

  PartialIngest(BlobFiles files, Digest expected, long size) {
    if (size < 0) {
      throw new InvalidInputException("The size of " + expected + " cannot be " + size);
    }
    this.files = files;
    this.expected = expected;
    this.size = size;
    this.digester = expected.digester();
    this.part = open();
    try {
      part.ifPresent(this::readBack);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** The file with its lock, which goes with its inode; empty when the blob is there already. */
  private Optional<Part> open() {
    String path = files.part(expected).toString();
    while (true) {
      Optional<FileStatus> blob =
          StatusCalls.statIfPresent(Fd.CWD, files.blob(expected).toString());
      if (blob.isPresent()) {
        if (blob.get().size() != size) {
          throw DiskBlobStore.wrongSize(
              expected.toString(), size, blob.get().size() + " in the store");
        }
        return Optional.empty();
      }
      FileLock lock = FileLock.exclusive(files.part(expected));
      // Whoever had the lock may have published the file: then this is not the part any more.
      Optional<Fd> fd = FileCalls.openIfPresent(Fd.CWD, path, OpenFlags.RDWR, 0);
      boolean published = Files.exists(files.blob(expected));
      if (fd.isPresent() && lock.holds(fd.get()) && !published) {
        return Optional.of(new Part(lock, fd.get()));
      }
      if (fd.isPresent() && lock.holds(fd.get())) {
        FileCalls.unlink(Fd.CWD, path); // made by us just after it was published
      }
      fd.ifPresent(Fd::close);
      lock.close();
    }
  }

  /** The state of the hash is not kept on disk, so what is there is hashed again. */
  private void readBack(Part there) {
    if (StatusCalls.stat(there.fd).size() > size) {
      restart();
      return;
    }
    ByteBuffer buffer = ByteBuffer.allocateDirect(128 << 10);
    while (true) {
      buffer.clear();
      if (FileIo.read(there.fd, buffer) == 0) {
        return;
      }
      digester.update(buffer.flip());
    }
  }

  @Override
  public long offset() {
    return part.isPresent() ? digester.size() : size;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    if (length > size - offset()) {
      throw DiskBlobStore.wrongSize(expected.toString(), size, "more");
    }
    part.orElseThrow().out.write(bytes, offset, length);
    digester.update(bytes, offset, length);
  }

  @Override
  public BlobStore.Blob commit() {
    if (part.isPresent()) {
      if (digester.size() < size) {
        throw DiskBlobStore.wrongSize(expected.toString(), size, digester.size() + " bytes");
      }
      Digest found = digester.digest();
      if (!found.equals(expected)) {
        restart();
        throw DiskBlobStore.wrongDigest(expected, found);
      }
      part.get().out.flush();
      files.publish(part.get().fd, files.part(expected), expected);
      close();
    }
    return new BlobStore.Blob(expected, size);
  }

  @Override
  public void restart() {
    part.ifPresent(
        there -> {
          there.out.discard();
          FileIo.truncate(there.fd, 0);
          FileIo.seek(there.fd, 0);
        });
    digester = expected.digester();
  }

  @Override
  public void forget() {
    if (part.isPresent()) {
      FileCalls.unlink(Fd.CWD, files.part(expected).toString()); // while it is locked
      part.get().out.close();
      close();
    }
  }

  @Override
  public void close() {
    part.ifPresent(Part::close);
    part = Optional.empty();
  }

  private record Part(FileLock lock, Fd fd, GatheredOutput out) {
    Part(FileLock lock, Fd fd) {
      this(lock, fd, new GatheredOutput(fd));
    }

    void close() {
      try (lock;
          fd;
          out) {
        out.flush();
      }
    }
  }
}
