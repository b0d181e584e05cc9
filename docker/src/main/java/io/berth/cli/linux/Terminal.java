package io.berth.cli.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.Optional;
import java.util.function.Consumer;

/** The terminal of one of this process's standard streams: termios(3) and ioctl_tty(2). */
public final class Terminal {
  private static final int TCSANOW = 0;
  private static final int TCSADRAIN = 1;
  private static final long TIOCGWINSZ = 0x5413;
  // struct termios has 60 bytes on the architectures that Berth runs on.
  private static final int TERMIOS_SIZE = 64;

  private static final int LOCAL_MODES = 12;
  private static final int ECHO = 8;

  private final LibC libc = Native.load("c", LibC.class);
  private final int fd;

  private interface LibC extends Library {
    int isatty(int fd);

    int tcgetattr(int fd, Pointer termios) throws LastErrorException;

    int tcsetattr(int fd, int when, Pointer termios) throws LastErrorException;

    void cfmakeraw(Pointer termios);

    int ioctl(int fd, long request, Pointer argument) throws LastErrorException;
  }

  /** A terminal's size, in characters. */
  public record Size(int rows, int columns) {}

  /** Gives the terminal the modes that it had before. */
  public interface Raw extends AutoCloseable {
    @Override
    void close();
  }

  private Terminal(int fd) {
    this.fd = fd;
  }

  /** The terminal that this descriptor is of, if it is of one. */
  public static Optional<Terminal> of(int fd) {
    Terminal terminal = new Terminal(fd);
    return terminal.libc.isatty(fd) == 1 ? Optional.of(terminal) : Optional.empty();
  }

  /** Empty when the terminal does not know. */
  public Optional<Size> size() {
    try (Memory size = new Memory(8)) {
      libc.ioctl(fd, TIOCGWINSZ, size);
      int rows = size.getShort(0) & 0xffff;
      int columns = size.getShort(2) & 0xffff;
      return rows > 0 && columns > 0 ? Optional.of(new Size(rows, columns)) : Optional.empty();
    } catch (LastErrorException e) {
      return Optional.empty();
    }
  }

  /** Passes every key on as it is, until the result is closed. */
  public Raw raw() {
    return with(libc::cfmakeraw);
  }

  /** Does not show what is typed, until the result is closed. */
  public Raw withoutEcho() {
    return with(modes -> modes.setInt(LOCAL_MODES, modes.getInt(LOCAL_MODES) & ~ECHO));
  }

  private Raw with(Consumer<Memory> change) {
    Memory before = new Memory(TERMIOS_SIZE);
    libc.tcgetattr(fd, before);
    try (Memory modes = new Memory(TERMIOS_SIZE)) {
      modes.write(0, before.getByteArray(0, TERMIOS_SIZE), 0, TERMIOS_SIZE);
      change.accept(modes);
      libc.tcsetattr(fd, TCSANOW, modes);
    }
    return () -> libc.tcsetattr(fd, TCSADRAIN, before);
  }
}
