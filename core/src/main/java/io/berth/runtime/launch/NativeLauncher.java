package io.berth.runtime.launch;

import io.berth.error.BerthException;
import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import io.berth.linux.Agent;
import io.berth.linux.AgentNetworks;
import io.berth.linux.Fd;
import io.berth.linux.FileRights;
import io.berth.linux.RootDir;
import io.berth.network.UplinkStarter;
import io.berth.runtime.linux.ProcessCalls;
import io.berth.runtime.userns.UserNamespace;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Berth's own launcher. A spawner process, one for each engine, is started ahead of time from a
 * sealed file in memory, so that no container can write to the program behind {@code
 * /proc/PID/exe}; it forks a monitor for each launch, and one more that waits for the next. A
 * spawner that died is replaced at the next launch.
 */
public final class NativeLauncher implements Launcher, ViewOpener {
  private static final String NAME = "berth-launcher";
  static final char MONITOR = 'M';
  private static final char AGENT = 'A';
  private static final char PORT = 'P';
  private static final char UPLINK = 'U';
  private static final int NONE = -1;

  private final int program;
  private final Supplier<Spawner> start;
  private final FileRights access;
  private final Optional<Agent> agent;
  private final Optional<AgentNetworks> networks;
  private final Optional<String> shortage;
  private Spawner spawner;

  /** The line to a monitor that waits for its first frame. */
  private int spare = NONE;

  private boolean closed;

  /**
   * With the rights of this process, which is the host's root.
   *
   * @throws BerthException when there is no launcher for this machine's architecture
   */
  public NativeLauncher() {
    this.program = ProcessCalls.sealedProgram(NAME, readProgram());
    this.start = () -> Spawner.start(program);
    this.spawner = start.get();
    this.access = FileRights.direct();
    this.agent = Optional.empty();
    this.networks = Optional.empty();
    this.shortage = Optional.empty();
  }

  /**
   * In a user namespace, for an ordinary user; when the system does not give the user those ids, in
   * one with a single id.
   *
   * @param lock the file by which the engines of a data directory share the namespace
   * @throws BerthException when the kernel allows no user namespace
   */
  public NativeLauncher(UserNamespace wanted, Path lock) {
    this.program = ProcessCalls.sealedProgram(NAME, readProgram());
    boolean done = false;
    try {
      UserNamespace got = wanted;
      Spawner first;
      try {
        first = Spawner.start(program, wanted, lock);
      } catch (Spawner.MappingRefused e) {
        got = wanted.withOneId("its subordinate ids were refused: " + e.getMessage());
        first = Spawner.start(program, got, lock);
      }
      UserNamespace used = got;
      this.start = () -> Spawner.start(program, used, lock);
      this.spawner = first;
      Agent asked = new Agent(this::connectAgent);
      Spawner.Ids ids = first.ids().orElseThrow();
      this.agent = Optional.of(asked);
      this.networks = Optional.of(new AgentNetworks(this::connectAgent));
      this.access = FileRights.through(asked, ids.uids(), ids.gids());
      this.shortage = ids.uids().size() > 1 ? Optional.empty() : used.shortage();
      done = true;
    } finally {
      if (!done) {
        ProcessCalls.closeDescriptor(program);
      }
    }
  }

  /** With whose rights files of containers are reached. */
  public FileRights access() {
    return access;
  }

  /** With whose rights networks of containers are made; empty for root, who has them himself. */
  public Optional<AgentNetworks> networks() {
    return networks;
  }

  /** See {@link UplinkStarter#start}. */
  public UplinkStarter.Started startUplink(
      Path directory, List<List<String>> commands, int namespace) {
    int fd = fork(UPLINK);
    ProcessCalls.send(fd, UplinkProcess.wish(directory, commands).encode());
    return UplinkProcess.start(fd, namespace);
  }

  /** Why there is but one id for all files and processes, when there is. */
  public Optional<String> idShortage() {
    return shortage;
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

  private int connectAgent() {
    int[] pair = ProcessCalls.packetPair();
    try {
      pass(AGENT, pair[1]);
      return pair[0];
    } catch (RuntimeException e) {
      ProcessCalls.closeDescriptor(pair[0]);
      throw e;
    } finally {
      ProcessCalls.closeDescriptor(pair[1]);
    }
  }

  private synchronized void pass(char what, int fd) {
    if (closed) {
      throw new IllegalStateException("this engine is closed");
    }
    try {
      ProcessCalls.sendDescriptor(spawner.socket(), what, fd);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EPIPE && e.errno() != Errno.ECONNRESET) {
        throw e;
      }
      spawner.stop();
      spawner = start.get();
      ProcessCalls.sendDescriptor(spawner.socket(), what, fd);
    }
  }

  @Override
  public Monitor launch(LaunchSpec spec, MonitorListener listener) {
    int fd = begin(new Frame(Frame.SPEC, spec.records()));
    sendDescriptors(fd, spec.descriptors());
    Monitor monitor = Monitor.awaitStart(fd, listener);
    prepareNext();
    return monitor;
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

  private Fd receive(int socket) {
    int fd = ProcessCalls.receiveDescriptor(socket);
    if (fd < 0) {
      throw new StartFailure(Errno.EPIPE, "hear from the launcher (it died)", "");
    }
    return Fd.adopt(fd, access);
  }

  private static void sendDescriptors(int socket, List<Integer> descriptors) {
    try {
      descriptors.forEach(d -> ProcessCalls.sendDescriptor(socket, PORT, d));
    } catch (SystemCallException e) {
      // The monitor has ended; its answer says why.
    }
  }

  /** Has a process of its own read a frame; the connection to it. */
  private int begin(Frame frame) {
    byte[] bytes = frame.encode();
    int waiting = takeSpare();
    if (waiting != NONE) {
      if (ProcessCalls.send(waiting, bytes)) {
        return waiting;
      }
      ProcessCalls.closeDescriptor(waiting);
    }
    int fd = fork(MONITOR);
    // A process that is gone already is noticed while waiting for its answer.
    ProcessCalls.send(fd, bytes);
    return fd;
  }

  private int fork(char what) {
    int[] pair = ProcessCalls.streamPair();
    try {
      pass(what, pair[1]);
      return pair[0];
    } catch (RuntimeException e) {
      ProcessCalls.closeDescriptor(pair[0]);
      throw e;
    } finally {
      ProcessCalls.closeDescriptor(pair[1]);
    }
  }

  private synchronized int takeSpare() {
    int taken = spare;
    spare = NONE;
    return taken;
  }

  private synchronized void prepareNext() {
    if (spare == NONE && !closed) {
      try {
        spare = fork(MONITOR);
      } catch (RuntimeException e) {
        // The next launch will tell.
      }
    }
  }

  /** Ends the spawner; the monitors of running containers stay. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      agent.ifPresent(Agent::close);
      if (spare != NONE) {
        ProcessCalls.shutdownSocket(spare);
        ProcessCalls.read(spare, new byte[1], 1); // the end of the process
        ProcessCalls.closeDescriptor(spare);
      }
      spawner.stop();
      ProcessCalls.closeDescriptor(program);
    }
  }
}
