package io.berth.layers;

import io.berth.error.StorageException;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.FileLock;
import io.berth.linux.GatheredOutput;
import io.berth.linux.OpenFlags;
import io.berth.oci.Digest;
import io.berth.oci.Digester;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Content in a temporary file, hashed while it is written. */
final class DiskDraft implements BlobStore.Draft {
  static final String TEMPORARY = "tmp-";

  private final BlobFiles files;
  private final Path temporary;
  private final FileLock lock;
  private final Fd fd;
  private final Digester digester;
  private final GatheredOutput out;
  private boolean closed;

  /**
   * @param algorithm of the digest that is likely expected
   */
  DiskDraft(BlobFiles files, String algorithm) {
    this.files = files;
    this.digester = new Digester(algorithm);
    try {
      this.temporary = Files.createTempFile(files.ingest(), TEMPORARY, "");
    } catch (IOException e) {
      throw new StorageException("Cannot write to " + files.ingest() + ": " + e.getMessage(), e);
    }
    // The lock tells other processes that this file is no leftover.
    this.lock = FileLock.shared(temporary);
    this.fd = FileCalls.open(Fd.CWD, temporary.toString(), OpenFlags.RDWR, 0, 0);
    this.out = new GatheredOutput(fd);
  }

  @Override
  public long size() {
    return digester.size();
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    out.write(bytes, offset, length);
    digester.update(bytes, offset, length);
  }

  @Override
  public BlobStore.Blob commit(Optional<Digest> expected) {
    long size = size();
    try {
      out.flush();
      Digest digest = digester.digest();
      if (expected.isPresent() && !expected.get().algorithm().equals(digest.algorithm())) {
        digest = readBack(expected.get().digester());
      }
      if (expected.isPresent() && !expected.get().equals(digest)) {
        throw DiskBlobStore.wrongDigest(expected.get(), digest);
      }
      files.publish(fd, temporary, digest);
      return new BlobStore.Blob(digest, size);
    } finally {
      close();
    }
  }

  private Digest readBack(Digester other) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(128 << 10);
    FileIo.seek(fd, 0);
    while (true) {
      buffer.clear();
      if (FileIo.read(fd, buffer) == 0) {
        return other.digest();
      }
      other.update(buffer.flip());
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    out.close();
    try {
      Files.deleteIfExists(temporary); // it is no longer there when it became a blob
    } catch (IOException e) {
      throw new StorageException("Cannot remove " + temporary + ": " + e.getMessage(), e);
    } finally {
      fd.close();
      lock.close();
    }
  }
}
