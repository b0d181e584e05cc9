package io.berth.wait;

import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.ContainerState.Status;
import io.berth.api.Health;
import io.berth.api.Logs;
import io.berth.api.Wait;
import io.berth.error.BerthException;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Waits for a container to be ready, by looking often: a few milliseconds apart at first. */
public final class Waiter {
  private static final long MOST_PAUSE_MILLIS = 100;
  private static final int LINES = 20;
  private static final String LISTENING = "0A";

  private final Container container;
  private final Supplier<List<String>> sockets;
  private final BooleanSupplier gone;

  /**
   * @param sockets the lines of its {@code /proc/net/tcp} and {@code tcp6}; none while it does not
   *     run
   * @param gone whether it has been removed
   */
  public Waiter(Container container, Supplier<List<String>> sockets, BooleanSupplier gone) {
    this.container = container;
    this.sockets = sockets;
    this.gone = gone;
  }

  /** Returns when the condition holds, as {@link Container#waitFor} says. */
  public void await(Wait wait) {
    long deadline = System.nanoTime() + wait.timeout().toNanos();
    for (long pause = 1; !holds(wait); pause = Math.min(pause * 2, MOST_PAUSE_MILLIS)) {
      if (wait.kind() != Wait.Kind.REMOVED) {
        refuseOver(wait);
      }
      if (System.nanoTime() > deadline) {
        throw failed(wait, "it did not happen within " + wait.timeout().toSeconds() + " s");
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failed(wait, "the thread was interrupted");
      }
    }
  }

  private void refuseOver(Wait wait) {
    ContainerState state = container.state();
    boolean over = !state.status().isActive() && state.status() != Status.CREATED;
    if (over && !holds(wait)) {
      throw failed(wait, "it ended with code " + state.exitCode().orElse(-1));
    }
  }

  private boolean holds(Wait wait) {
    return switch (wait.kind()) {
      case RUNNING -> container.state().status() == Status.RUNNING;
      case HEALTHY ->
          container.state().health().map(Health::status).stream()
              .anyMatch(s -> s == Health.Status.HEALTHY);
      case EXIT -> container.state().exitCode().stream().anyMatch(c -> c == wait.number());
      case LOG -> matches(wait) >= wait.number();
      case PORT -> listens(wait.number());
      case REMOVED -> gone.getAsBoolean();
    };
  }

  private long matches(Wait wait) {
    Pattern pattern = Pattern.compile(wait.pattern(), Pattern.DOTALL);
    Logs logs = container.logs();
    return (logs.stdout() + logs.stderr())
        .lines()
        .filter(line -> pattern.matcher(line).find())
        .count();
  }

  /** Looks at the sockets of its network namespace: nothing is connected to. */
  private boolean listens(int port) {
    String end = ":" + String.format("%04X", port);
    for (String line : sockets.get()) {
      String[] fields = line.strip().split("\\s+");
      if (fields.length > 3 && fields[1].endsWith(end) && fields[3].equals(LISTENING)) {
        return true;
      }
    }
    return false;
  }

  private BerthException failed(Wait wait, String why) {
    String what =
        switch (wait.kind()) {
          case RUNNING -> "to run";
          case HEALTHY -> "to be healthy";
          case EXIT -> "to end with code " + wait.number();
          case LOG -> "to write a line that matches \"" + wait.pattern() + "\"";
          case PORT -> "to listen on port " + wait.number();
          case REMOVED -> "to be removed";
        };
    List<Logs.Entry> entries = container.logs().entries();
    String last =
        entries.stream()
            .skip(Math.max(0, entries.size() - LINES))
            .map(Logs.Entry::text)
            .collect(Collectors.joining());
    return new BerthException(
        "Waited for container "
            + container.name()
            + " "
            + what
            + ", but "
            + why
            + ". Its last output:\n"
            + (last.isEmpty() ? "(none)" : last));
  }
}
