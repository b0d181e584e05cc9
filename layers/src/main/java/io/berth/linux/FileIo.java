package io.berth.linux;

import com.sun.jna.Native;
import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Reading and writing through descriptors. Buffers are direct. */
public final class FileIo {
  private static final int SEEK_SET = 0;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final long FICLONE = 0x40049409L;

  private FileIo() {}

  /** Reads into the buffer from its position on; the number of bytes, 0 at the end of the file. */
  public static int read(Fd file, ByteBuffer buffer) {
    while (true) {
      long n = LibC.read(file.number(), buffer.slice(), buffer.remaining());
      if (n >= 0) {
        buffer.position(buffer.position() + (int) n);
        return (int) n;
      }
      failUnlessInterrupted("read");
    }
  }

  /** Writes all that remains in the buffer. */
  public static void writeFully(Fd file, ByteBuffer buffer) {
    while (buffer.hasRemaining()) {
      long n = LibC.write(file.number(), buffer.slice(), buffer.remaining());
      if (n >= 0) {
        buffer.position(buffer.position() + (int) n);
      } else {
        failUnlessInterrupted("write");
      }
    }
  }

  /** Reads a small file from the present position to its end, without a direct buffer's cost. */
  public static byte[] readSmall(Fd file) {
    byte[] bytes = new byte[1024];
    int length = 0;
    while (true) {
      byte[] piece = new byte[1024];
      long n = LibC.read(file.number(), piece, piece.length);
      if (n == 0) {
        return Arrays.copyOf(bytes, length);
      }
      if (n < 0) {
        failUnlessInterrupted("read");
        continue;
      }
      if (length + n > bytes.length) {
        bytes = Arrays.copyOf(bytes, 2 * bytes.length);
      }
      System.arraycopy(piece, 0, bytes, length, (int) n);
      length += (int) n;
    }
  }

  /** Writes a few bytes. */
  public static void writeSmall(Fd file, byte[] bytes) {
    for (int done = 0; done < bytes.length; ) {
      byte[] rest = done == 0 ? bytes : Arrays.copyOfRange(bytes, done, bytes.length);
      long n = LibC.write(file.number(), rest, rest.length);
      if (n < 0) {
        failUnlessInterrupted("write");
      } else {
        done += (int) n;
      }
    }
  }

  private static void failUnlessInterrupted(String call) {
    int errno = Native.getLastError();
    if (errno != Errno.EINTR) {
      throw new SystemCallException(call, "", errno);
    }
  }

  public static void seek(Fd file, long offset) {
    Calls.check(Calls.orErrno(LibC.lseek(file.number(), offset, SEEK_SET)), "lseek", "");
  }

  /** The start of the next data at or after an offset, or {@code size} when only a hole follows. */
  public static long nextData(Fd file, long offset, long size) {
    return seekOr(file, offset, SEEK_DATA, offset, size);
  }

  /** The start of the next hole at or after an offset; the end of the file counts as one. */
  public static long nextHole(Fd file, long offset, long size) {
    return seekOr(file, offset, SEEK_HOLE, size, size);
  }

  private static long seekOr(Fd file, long offset, int whence, long unsupported, long size) {
    long found = LibC.lseek(file.number(), offset, whence);
    if (found >= 0) {
      return Math.min(found, size);
    }
    int errno = Native.getLastError();
    if (errno == 6) { // ENXIO: nothing more
      return size;
    }
    if (errno == Errno.EINVAL || errno == Errno.ENOTSUP) {
      return unsupported;
    }
    throw new SystemCallException("lseek", "", errno);
  }

  public static void truncate(Fd file, long size) {
    Calls.check(Calls.orErrno(LibC.ftruncate(file.number(), size)), "ftruncate", "");
  }

  public static void sync(Fd file) {
    Calls.check(Calls.orErrno(LibC.fsync(file.number())), "fsync", "");
  }

  /** Lets {@code to} share the blocks of {@code from} (FICLONE); false where that is impossible. */
  public static boolean reflink(Fd from, Fd to) {
    return LibC.ioctl(to.number(), FICLONE, from.number()) == 0;
  }

  /**
   * Copies a range inside the kernel, from and to the present positions; the number of bytes
   * copied, or -1 where the file systems cannot.
   */
  public static long copyRange(Fd from, Fd to, long length) {
    long n =
        LibC.syscall(SyscallNumbers.COPY_FILE_RANGE, from.number(), 0, to.number(), 0, length, 0);
    if (n >= 0) {
      return n;
    }
    int errno = Native.getLastError();
    if (errno == Errno.ENOSPC || errno == Errno.EIO || errno == Errno.EFBIG || errno == 122) {
      throw new SystemCallException("copy_file_range", "", errno);
    }
    return -1;
  }

  /** A stream over a descriptor; closing it closes the descriptor. */
  public static InputStream inputStream(Fd owned) {
    return new FdInputStream(owned);
  }

  /** A stream over a descriptor; closing it closes the descriptor. */
  public static OutputStream outputStream(Fd owned) {
    return new FdOutputStream(owned);
  }
}
