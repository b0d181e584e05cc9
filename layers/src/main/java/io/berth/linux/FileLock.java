package io.berth.linux;

import com.sun.jna.Native;
import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A lock on a file with {@code flock(2)}, held until closed or until the process ends.
 *
 * <p>Each acquisition opens the file anew, so it excludes other threads of this process as well as
 * other processes. The file is made when absent and never removed: removing it would let two
 * holders lock two different files of one name.
 *
 * <pre>{@code
 * try (FileLock lock = FileLock.exclusive(dir.resolve("lock"))) {
 *   // alone
 * }
 * }</pre>
 */
public final class FileLock implements AutoCloseable {
  private static final int LOCK_SH = 1;
  private static final int LOCK_EX = 2;
  private static final int LOCK_NB = 4;

  private final Fd fd;
  private final Path path;

  private FileLock(Fd fd, Path path) {
    this.fd = fd;
    this.path = path;
  }

  /** Waits until nobody else holds the lock. */
  public static FileLock exclusive(Path file) {
    return acquire(file, LOCK_EX).orElseThrow();
  }

  /** Waits until nobody holds the lock exclusively. */
  public static FileLock shared(Path file) {
    return acquire(file, LOCK_SH).orElseThrow();
  }

  /** The lock, if nobody else holds it now. */
  public static Optional<FileLock> tryExclusive(Path file) {
    return acquire(file, LOCK_EX | LOCK_NB);
  }

  /** The lock, if nobody holds it exclusively now. */
  public static Optional<FileLock> tryShared(Path file) {
    return acquire(file, LOCK_SH | LOCK_NB);
  }

  /** Turns an exclusive lock into a shared one. Another waiter may come in between. */
  public void share() {
    flock(fd, path, LOCK_SH);
  }

  /** Whether a descriptor refers to the very file that is locked, not to another of its name. */
  public boolean holds(Fd file) {
    return StatusCalls.stat(file).id().equals(StatusCalls.stat(fd).id());
  }

  private static Optional<FileLock> acquire(Path file, int operation) {
    Fd fd = FileCalls.open(Fd.CWD, file.toString(), OpenFlags.RDWR | OpenFlags.CREAT, 0600, 0);
    boolean locked = false;
    try {
      locked = flock(fd, file, operation);
      return locked ? Optional.of(new FileLock(fd, file)) : Optional.empty();
    } finally {
      if (!locked) {
        fd.close();
      }
    }
  }

  private static boolean flock(Fd fd, Path file, int operation) {
    while (LibC.flock(fd.number(), operation) < 0) {
      int errno = Native.getLastError();
      if (errno == Errno.EAGAIN) {
        return false;
      }
      if (errno != Errno.EINTR) {
        throw new SystemCallException("flock", file.toString(), errno);
      }
    }
    return true;
  }

  @Override
  public void close() {
    fd.close();
  }
}
