package io.berth.archive;

import io.berth.layers.BlobStore;
import io.berth.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Objects;
import java.util.Optional;

/** The content of a file in an archive, wherever it is now. */
interface ArchiveFile {
  long size();

  /** The digest, when it has been computed or the file is named by it; else not yet known. */
  Optional<Digest> digest();

  InputStream open(long offset) throws IOException;

  /** A file that went into a blob store. */
  record Stored(BlobStore blobs, BlobStore.Blob blob) implements ArchiveFile {
    @Override
    public long size() {
      return blob.size();
    }

    @Override
    public Optional<Digest> digest() {
      return Optional.of(blob.digest());
    }

    @Override
    public InputStream open(long offset) throws IOException {
      FileChannel channel = blobs.channel(blob.digest());
      return new Range(channel, offset, channel.size(), true);
    }
  }

  /** A file that is still in an uncompressed tar. */
  record InTar(FileChannel tar, long offset, long size, Optional<Digest> digest)
      implements ArchiveFile {
    @Override
    public InputStream open(long from) {
      return new Range(tar, offset + from, offset + size, false);
    }
  }

  /** A part of a file; several may be read at once. */
  final class Range extends InputStream {
    private final FileChannel channel;
    private final long end;
    private final boolean owned;
    private long position;

    /**
     * @param owned whether the channel is closed with this
     */
    Range(FileChannel channel, long position, long end, boolean owned) {
      this.channel = channel;
      this.position = position;
      this.end = end;
      this.owned = owned;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      if (length == 0) {
        return 0;
      }
      int wanted = (int) Math.min(length, end - position);
      int n = wanted <= 0 ? -1 : channel.read(ByteBuffer.wrap(bytes, offset, wanted), position);
      position += Math.max(0, n);
      return n;
    }

    @Override
    public long skip(long count) {
      long n = Math.max(0, Math.min(count, end - position));
      position += n;
      return n;
    }

    @Override
    public void close() throws IOException {
      if (owned) {
        channel.close();
      }
    }
  }
}
