package io.berth.linux;

import io.berth.error.SystemCallException;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntSupplier;

/**
 * Makes and enters the network namespaces of a user namespace, by an {@link Agent} that is used for
 * nothing else. Between its calls the agent is in a namespace of its own, so that no other lasts
 * longer for it. Descriptors are this process's; whoever gets one closes it.
 */
public final class AgentNetworks implements AutoCloseable {
  private static final String OWN = "/proc/self/ns/net";
  private static final int READ = 0;
  private static final long CWD = -100;
  private static final long NEW_NETWORK = 0x40000000;
  private static final long AF_NETLINK = 16;
  private static final long RAW_CLOEXEC = 3 | 0x80000;

  private final Agent agent;
  private OptionalInt home = OptionalInt.empty();

  /**
   * @param connect makes a connection to an agent: the number of a packet socket
   */
  public AgentNetworks(IntSupplier connect) {
    this.agent = new Agent(connect);
  }

  private static AgentCall opening(String path, int flags) {
    return AgentCall.of(SyscallNumbers.OPENAT)
        .value(CWD)
        .path(path)
        .value(flags | OpenFlags.CLOEXEC)
        .opens();
  }

  private static AgentCall entering(int namespace) {
    return AgentCall.of(SyscallNumbers.SETNS)
        .fd(Fd.adopt(namespace, FileRights.direct()))
        .value(NEW_NETWORK);
  }

  private static AgentCall making() {
    return AgentCall.of(SyscallNumbers.UNSHARE).value(NEW_NETWORK);
  }

  private synchronized int home() {
    if (home.isEmpty()) {
      home = OptionalInt.of(last("make network namespace", List.of(making(), opening(OWN, READ))));
    }
    return home.getAsInt();
  }

  /** Does calls; the result of the last of them. */
  private int last(String what, List<AgentCall> calls) {
    List<Long> results = agent.call(calls);
    long result = results.get(results.size() - 1);
    if (result < 0) {
      throw new SystemCallException(what, "in the user namespace", (int) -result);
    }
    return (int) result;
  }

  /** Does a call that opens something, in a namespace that is entered before, and left after. */
  private int open(String what, AgentCall enter, AgentCall open) {
    int left = home();
    List<Long> results = agent.call(List.of(enter, open, entering(left)));
    long result = results.get(Math.min(1, results.size() - 1));
    if (result >= 0) {
      return (int) result;
    }
    if (results.size() == 2) {
      last("leave network namespace", List.of(entering(left)));
    }
    throw new SystemCallException(what, "in the user namespace", (int) -result);
  }

  /** A new network namespace. */
  public int create() {
    return open("make network namespace", making(), opening(OWN, READ));
  }

  /** The one behind a file such as {@code /proc/PID/ns/net}. */
  public int open(String path) {
    return open("open " + path, entering(home()), opening(path, READ));
  }

  /** A netlink socket that is made in a namespace. */
  public int netlink(int namespace, int protocol) {
    AgentCall socket =
        AgentCall.of(SyscallNumbers.SOCKET)
            .value(AF_NETLINK)
            .value(RAW_CLOEXEC)
            .value(protocol)
            .opens();
    return open("make netlink socket", entering(namespace), socket);
  }

  /** A file below {@code /proc/sys/net}, as it is in a namespace. */
  public int setting(int namespace, String name, boolean write) {
    String path = "/proc/sys/net/" + name;
    return open(
        "open " + path, entering(namespace), opening(path, write ? OpenFlags.WRONLY : READ));
  }

  @Override
  public synchronized void close() {
    home.ifPresent(LibC::close);
    home = OptionalInt.empty();
    agent.close();
  }
}
