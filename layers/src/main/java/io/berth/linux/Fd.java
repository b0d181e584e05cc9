package io.berth.linux;

/** An open file descriptor, owned: whoever holds it closes it. */
public final class Fd implements AutoCloseable {
  private static final int AT_FDCWD = -100;

  /** {@code AT_FDCWD}: paths are relative to the working directory. Closing it does nothing. */
  public static final Fd CWD = FileRights.direct().cwd();

  private final int number;
  private final FileRights access;
  private boolean closed;

  Fd(int number, FileRights access) {
    this.number = number;
    this.access = access;
  }

  static Fd workingDirectory(FileRights access) {
    return new Fd(AT_FDCWD, access);
  }

  /** Takes over a descriptor that another way of calling has given, such as over a socket. */
  public static Fd adopt(int number, FileRights access) {
    return new Fd(number, access);
  }

  /** The number, for calls that take one; valid until {@link #close()}. */
  public synchronized int number() {
    if (closed) {
      throw new IllegalStateException("file descriptor " + number + " is closed");
    }
    return number;
  }

  /** With whose rights what it refers to, and what is below that, is reached. */
  public FileRights access() {
    return access;
  }

  /** A path by which this process reaches what the descriptor refers to. */
  public String procPath() {
    return "/proc/self/fd/" + number();
  }

  @Override
  public synchronized void close() {
    if (!closed && number >= 0) {
      closed = true;
      LibC.close(number);
    }
  }
}
