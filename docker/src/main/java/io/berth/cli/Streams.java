package io.berth.cli;

import io.berth.api.AttachRequest.Attachment;
import io.berth.api.Container;
import io.berth.cli.linux.Terminal;
import io.berth.cli.linux.Terminal.Raw;
import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import sun.misc.Signal;

/** Connects this command's streams, terminal and signals with a container's. */
final class Streams implements AutoCloseable {
  private static final int STDIN = 0;
  private static final int STDOUT = 1;
  // What docker passes on, besides the terminal's size; KILL and STOP cannot be caught.
  private static final List<String> PROXIED =
      List.of("HUP", "INT", "TERM", "USR2", "CONT", "TSTP", "ALRM");

  private final Optional<Raw> raw;

  private Streams(Optional<Raw> raw) {
    this.raw = raw;
  }

  /** The streams as they are. */
  static Streams plain() {
    return new Streams(Optional.empty());
  }

  /** Keys are passed on as they are typed, when standard input is a terminal. */
  static Streams terminal() {
    return new Streams(Terminal.of(STDIN).map(Terminal::raw));
  }

  /**
   * @throws InvalidInputException as docker does, when a terminal is asked for and there is none
   */
  static void requireTerminal(boolean tty, boolean interactive, boolean real) {
    if (tty && interactive && real && Terminal.of(STDIN).isEmpty()) {
      throw new InvalidInputException("the input device is not a TTY");
    }
  }

  /** Tells the size now and whenever it changes. */
  static void followSize(Consumer<Terminal.Size> resize) {
    Terminal.of(STDOUT)
        .ifPresent(
            terminal -> {
              Runnable tell = () -> terminal.size().ifPresent(size -> quietly(resize, size));
              tell.run();
              Signal.handle(new Signal("WINCH"), signal -> tell.run());
            });
  }

  private static <T> void quietly(Consumer<T> action, T value) {
    try {
      action.accept(value);
    } catch (BerthException e) {
      // It has ended meanwhile; the command hears of that in another way.
    }
  }

  /** Passes signals on to a container rather than ending this command. */
  static void proxySignals(Container container) {
    for (String name : PROXIED) {
      try {
        Signal.handle(new Signal(name), signal -> quietly(container::kill, signal.getName()));
      } catch (IllegalArgumentException e) {
        // The JVM keeps this one for itself, as HUP with -Xrs or USR1 always.
      }
    }
  }

  /**
   * Waits for the end of a connection.
   *
   * @return the container's exit code; 0 when the keys to detach were typed
   */
  int await(Container container, Attachment attachment) {
    attachment.await();
    if (attachment.isDetached()) {
      return 0;
    }
    return container.waitForExit();
  }

  @Override
  public void close() {
    raw.ifPresent(Raw::close);
  }
}
