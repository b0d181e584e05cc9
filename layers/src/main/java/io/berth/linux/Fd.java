package io.berth.linux;

/** An open file descriptor, owned: whoever holds it closes it. */
public final class Fd implements AutoCloseable {
  /** {@code AT_FDCWD}: paths are relative to the working directory. Closing it does nothing. */
  public static final Fd CWD = new Fd(-100);

  private final int number;
  private boolean closed;

  Fd(int number) {
    this.number = number;
  }

  /** Takes over a descriptor that another way of calling has given, such as over a socket. */
  public static Fd adopt(int number) {
    return new Fd(number);
  }

  /** The number, for calls that take one; valid until {@link #close()}. */
  public synchronized int number() {
    if (closed) {
      throw new IllegalStateException("file descriptor " + number + " is closed");
    }
    return number;
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
