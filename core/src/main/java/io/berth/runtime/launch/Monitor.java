package io.berth.runtime.launch;

import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import io.berth.runtime.linux.ProcessCalls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The line to a container's monitor process. Frames are read by whoever waits for the exit, one
 * thread at a time, so output is heard only while somebody waits; a container whose output is not
 * read stops at a full pipe, like any process. Thread-safe.
 */
public final class Monitor implements AutoCloseable {
  private final int fd;
  private final MonitorListener listener;
  private final ReentrantLock reading = new ReentrantLock();
  private final ReentrantLock writing = new ReentrantLock();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> stubs = new ArrayList<>();
  private final byte[] buffer = new byte[64 << 10];
  private int position;
  private int limit;
  private long pid = -1;
  private volatile Optional<Exit> exit = Optional.empty();
  private volatile boolean ended;
  private boolean networkKnown;
  private boolean closed;

  private Monitor(int fd, MonitorListener listener) {
    this.fd = fd;
    this.listener = listener;
  }

  /** Takes over a socket whose other end a new monitor has, and hears how the start went. */
  static Monitor awaitStart(int fd, MonitorListener listener) {
    Monitor monitor = new Monitor(fd, listener);
    try {
      monitor.hearStart();
      return monitor;
    } catch (RuntimeException e) {
      monitor.close();
      throw e;
    }
  }

  /**
   * Connects to the monitor of a container that runs already.
   *
   * @throws SystemCallException when there is none (ENOENT, ECONNREFUSED)
   */
  public static Monitor connect(Path containerDirectory) {
    return connect(containerDirectory, MonitorListener.none());
  }

  /** The same, with somebody to hear its output once {@link #attach} asks for it. */
  public static Monitor connect(Path containerDirectory, MonitorListener listener) {
    return new Monitor(ProcessCalls.connectUnix(containerDirectory, "control.sock"), listener);
  }

  /** The process id of the container's init; known to the engine that started it. */
  public long pid() {
    return pid;
  }

  /** What the launcher could not do and went on without. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }

  /** The mount points that had to be made in the root file system. */
  public List<String> stubs() {
    return List.copyOf(stubs);
  }

  /**
   * Waits for the end of the container. Its exit code is on disk then; its monitor may still be
   * cleaning up.
   *
   * @return empty when the monitor went without a word: it was killed
   */
  public Optional<Exit> awaitExit() {
    readWhile(() -> exit.isEmpty());
    return exit;
  }

  /** How the container ended; empty while nobody has heard of its end. */
  public Optional<Exit> exit() {
    return exit;
  }

  /** Waits for the end of the monitor, which is the last of the container on this host. */
  public void awaitEnd() {
    readWhile(() -> true);
  }

  private void readWhile(BooleanSupplier wanted) {
    reading.lock();
    try {
      while (!ended && wanted.getAsBoolean()) {
        readFrame().ifPresent(this::handle);
      }
    } finally {
      reading.unlock();
    }
  }

  /**
   * Waits, but not longer than a time.
   *
   * @return whether the container has ended
   */
  public boolean awaitExit(Duration timeout) {
    long deadline = System.nanoTime() + timeout.toNanos();
    try {
      if (!reading.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        return hasExited();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return hasExited();
    }
    try {
      while (!hasExited()) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        int millis = (int) Math.max(0, Math.min(left, Integer.MAX_VALUE));
        if (position == limit && !ProcessCalls.awaitReadable(fd, millis)) {
          return false;
        }
        readFrame().ifPresent(this::handle);
      }
      return true;
    } finally {
      reading.unlock();
    }
  }

  private boolean hasExited() {
    return ended || exit.isPresent();
  }

  /** Sends a signal to the container's init. False when it is gone. */
  public boolean signal(int number) {
    return send(Frame.ofInt(Frame.SIGNAL, number));
  }

  /**
   * Sends a signal to the container's init, after which its restart policy is no longer followed.
   *
   * @param timeout after which it is killed; none when empty
   */
  public boolean stop(int number, Optional<Duration> timeout) {
    long millis = timeout.map(Duration::toMillis).orElse(-1L);
    return send(
        Frame.ofInts(Frame.STOP, number, (int) Math.min(Math.max(-1, millis), Integer.MAX_VALUE)));
  }

  /** Tells its terminal its size, in characters. */
  public boolean resize(int rows, int columns) {
    return send(Frame.ofInts(Frame.RESIZE, rows, columns));
  }

  /** Changes the restart policy; as in {@link LaunchSpecBuilder#restart}. */
  public boolean restartPolicy(int policy, int maxRetries) {
    return send(Frame.ofInts(Frame.POLICY, policy, maxRetries));
  }

  /**
   * Says that the networks of a container have changed, over a connection of its own, and waits
   * until its monitor has taken that in; as in {@link LaunchSpecBuilder#network}.
   *
   * @throws SystemCallException when there is no monitor (ENOENT, ECONNREFUSED)
   */
  public static void tellNetwork(Path containerDirectory, boolean resolver, boolean redirected) {
    try (Monitor monitor = connect(containerDirectory)) {
      monitor.send(Frame.ofInt(Frame.NETWORK, LaunchSpec.networkFlags(resolver, redirected)));
      monitor.readWhile(() -> !monitor.networkKnown);
    }
  }

  /** Says that it is frozen, so that its health is not checked; or no longer. */
  public boolean paused(boolean paused) {
    return send(Frame.ofInt(Frame.PAUSED, paused ? 1 : 0));
  }

  /**
   * Adds a cgroup (v1) that it has been moved to: joined when it is started again, removed at the
   * end.
   */
  public boolean addCgroup(Path directory) {
    return send(new Frame(Frame.ADD, LaunchSpec.cgroup(directory)));
  }

  /**
   * Asks for its output, from now on; the listener hears it.
   *
   * @param replay whether the listener is told first where the log ends that comes before it
   */
  public boolean attach(boolean replay) {
    return send(Frame.ofInt(Frame.ATTACH, replay ? 1 : 0));
  }

  /** Writes to the container's standard input. False when it is gone. */
  public boolean stdin(byte[] bytes, int count) {
    for (int at = 0; at < count; at += Frame.MAX_INPUT) {
      int end = Math.min(count, at + Frame.MAX_INPUT);
      if (!send(new Frame(Frame.STDIN, Arrays.copyOfRange(bytes, at, end)))) {
        return false;
      }
    }
    return true;
  }

  /** Ends the container's standard input. */
  public void closeStdin() {
    send(new Frame(Frame.STDIN_CLOSE, new byte[0]));
  }

  boolean send(Frame frame) {
    writing.lock();
    try {
      return !closed && ProcessCalls.send(fd, frame.encode());
    } finally {
      writing.unlock();
    }
  }

  private void hearStart() {
    while (pid < 0) {
      Frame frame =
          readFrame()
              .orElseThrow(
                  () -> new StartFailure(Errno.EPIPE, "hear from the monitor (it died)", ""));
      switch (frame.type()) {
        case Frame.STARTED -> pid = frame.intAt(0);
        case Frame.FAILED -> {
          String[] texts = frame.stringsFrom(4);
          // It still cleans up; whoever hears of the failure may remove the container at once.
          awaitEnd();
          throw new StartFailure(frame.intAt(0), texts[0], texts[1]);
        }
        case Frame.WARNING -> {
          String[] texts = frame.stringsFrom(4);
          warnings.add(texts[0] + " " + texts[1] + ": " + Errno.describe(frame.intAt(0)));
        }
        case Frame.STUB -> stubs.add(frame.stringsFrom(0)[0]);
        default -> handle(frame);
      }
    }
  }

  private void handle(Frame frame) {
    switch (frame.type()) {
      case Frame.STDOUT -> listener.output(false, frame.payload());
      case Frame.STDERR -> listener.output(true, frame.payload());
      case Frame.ATTACHED -> listener.attached(frame.longAt(0), frame.longAt(8));
      case Frame.NETWORK -> networkKnown = true;
      case Frame.EXITED -> exit = Optional.of(new Exit(frame.intAt(0), frame.intAt(4) != 0));
      default -> {
        // A newer monitor may say more than this engine knows of.
      }
    }
  }

  private Optional<Frame> readFrame() {
    byte[] head = new byte[Frame.HEADER];
    if (!fill(head)) {
      ended = true;
      return Optional.empty();
    }
    Frame header = new Frame(0, head);
    byte[] payload = new byte[header.intAt(4)];
    if (!fill(payload)) {
      ended = true;
      return Optional.empty();
    }
    return Optional.of(new Frame(header.intAt(0), payload));
  }

  private boolean fill(byte[] into) {
    int done = 0;
    while (done < into.length) {
      if (position == limit) {
        position = 0;
        limit = ProcessCalls.read(fd, buffer, buffer.length);
        if (limit == 0) {
          return false;
        }
      }
      int n = Math.min(limit - position, into.length - done);
      System.arraycopy(buffer, position, into, done, n);
      position += n;
      done += n;
    }
    return true;
  }

  /** Hangs up. A container that is owned by this connection is killed by its monitor. */
  @Override
  public void close() {
    writing.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      // Wakes a reader; the descriptor itself is closed once that one has left.
      ProcessCalls.shutdownSocket(fd);
    } finally {
      writing.unlock();
    }
    reading.lock();
    try {
      ended = true;
      ProcessCalls.closeDescriptor(fd);
    } finally {
      reading.unlock();
    }
  }
}
