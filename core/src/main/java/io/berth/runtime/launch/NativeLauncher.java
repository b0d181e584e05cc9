package io.berth.runtime.launch;

import io.berth.error.BerthException;
import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import io.berth.linux.Fd;
import io.berth.linux.RootDir;
import io.berth.runtime.linux.ProcessCalls;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Berth's own launcher. A spawner process, one for each engine, is started ahead of time from a
 * sealed file in memory, so that no container can write to the program behind {@code
 * /proc/PID/exe}; each launch is a message to it. A spawner that died is replaced at the next
 * launch.
 */
public final class NativeLauncher implements Launcher, ViewOpener {
  private static final String NAME = "berth-launcher";
  private static final String ROOM_FOR_TITLE = " ".repeat(32);

  private final int program;
  private int spawner = -1;
  private int socket = -1;
  private boolean closed;

  /**
   * @throws BerthException when there is no launcher for this machine's architecture
   */
  public NativeLauncher() {
    this.program = ProcessCalls.sealedProgram(NAME, readProgram());
    startSpawner();
  }

  /** The launcher itself, for this machine; as {@code init COMMAND...} it is a small init. */
  public static byte[] readProgram() {
    String arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
    String resource = NAME + "-" + arch;
    try (InputStream in = NativeLauncher.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new BerthException(
            "This build of Berth has no launcher for "
                + System.getProperty("os.arch")
                + " (resource "
                + resource
                + " is not in berth-core); build it on such a machine");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void startSpawner() {
    int[] pair = ProcessCalls.packetPair();
    try {
      // Room for the title that a monitor shows in the process list.
      spawner =
          ProcessCalls.spawn(program, List.of("berth-spawner", "spawner", ROOM_FOR_TITLE), pair[1]);
      socket = pair[0];
    } catch (RuntimeException e) {
      ProcessCalls.closeDescriptor(pair[0]);
      throw e;
    } finally {
      ProcessCalls.closeDescriptor(pair[1]);
    }
  }

  private void stopSpawner() {
    ProcessCalls.closeDescriptor(socket);
    ProcessCalls.reap(spawner);
  }

  private synchronized void pass(int fd) {
    if (closed) {
      throw new IllegalStateException("this engine is closed");
    }
    try {
      ProcessCalls.sendDescriptor(socket, fd);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EPIPE && e.errno() != Errno.ECONNRESET) {
        throw e;
      }
      stopSpawner();
      startSpawner();
      ProcessCalls.sendDescriptor(socket, fd);
    }
  }

  @Override
  public Monitor launch(LaunchSpec spec, MonitorListener listener) {
    int fd = begin(new Frame(Frame.SPEC, spec.records()));
    sendDescriptors(fd, spec.descriptors());
    return Monitor.awaitStart(fd, listener);
  }

  @Override
  public MountView view(LaunchSpec spec, String name) {
    int fd = begin(new Frame(Frame.VIEW, spec.records()));
    try {
      Frames.awaitStart(fd);
      Fd root = receive(fd);
      try {
        return new MountView(RootDir.of(root, "container " + name, false), receive(fd));
      } catch (RuntimeException e) {
        root.close();
        throw e;
      }
    } finally {
      ProcessCalls.closeDescriptor(fd);
    }
  }

  private static Fd receive(int socket) {
    int fd = ProcessCalls.receiveDescriptor(socket);
    if (fd < 0) {
      throw new StartFailure(Errno.EPIPE, "hear from the launcher (it died)", "");
    }
    return Fd.adopt(fd);
  }

  private static void sendDescriptors(int socket, List<Integer> descriptors) {
    try {
      descriptors.forEach(d -> ProcessCalls.sendDescriptor(socket, d));
    } catch (SystemCallException e) {
      // The monitor has ended; its answer says why.
    }
  }

  /** Has a new process read a frame; the connection to it. */
  private int begin(Frame frame) {
    int[] pair = ProcessCalls.streamPair();
    try {
      pass(pair[1]);
    } catch (RuntimeException e) {
      ProcessCalls.closeDescriptor(pair[0]);
      throw e;
    } finally {
      ProcessCalls.closeDescriptor(pair[1]);
    }
    // A process that is gone already is noticed while waiting for its answer.
    ProcessCalls.send(pair[0], frame.encode());
    return pair[0];
  }

  /** Ends the spawner; the monitors of running containers stay. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      stopSpawner();
      ProcessCalls.closeDescriptor(program);
    }
  }
}
