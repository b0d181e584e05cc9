package io.berth.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.berth.error.Errno;
import io.berth.error.StorageException;
import io.berth.error.SystemCallException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntSupplier;

/**
 * Does single system calls in a user namespace, for a process that cannot enter it. There is a
 * connection for each thread that asks at one time; each is served by a process of its own, which
 * ends with it. Descriptors go and come along with the calls, so a file that the agent has opened
 * is read and written here.
 */
public final class Agent implements AutoCloseable {
  private final IntSupplier connect;
  private final Deque<Connection> idle = new ArrayDeque<>();
  private boolean closed;

  /**
   * @param connect makes a connection: the number of a packet socket, of which this takes care
   */
  public Agent(IntSupplier connect) {
    this.connect = connect;
  }

  /** The result of a call, or the negated errno. */
  long call(AgentCall call) {
    return call(List.of(call)).get(0);
  }

  /** The results of calls that one process does one after the other, up to the first to fail. */
  List<Long> call(List<AgentCall> calls) {
    Optional<Connection> idle = take();
    if (idle.isPresent()) {
      List<Long> results = call(idle.get(), calls);
      if (!results.isEmpty()) {
        return results;
      }
      // Its agent was killed meanwhile, and has done nothing of this.
    }
    List<Long> results = call(new Connection(connect.getAsInt()), calls);
    if (results.isEmpty()) {
      throw new StorageException("The agent in the user namespace ended at once: try again");
    }
    return results;
  }

  /** Empty when the agent is not there to hear of it. */
  private List<Long> call(Connection connection, List<AgentCall> calls) {
    List<Long> results = new ArrayList<>();
    boolean whole = false;
    try {
      for (AgentCall call : calls) {
        OptionalLong result = connection.call(call);
        if (result.isEmpty() && !results.isEmpty()) {
          throw new StorageException("The agent in the user namespace was killed: try again");
        }
        if (result.isEmpty()) {
          return List.of();
        }
        results.add(result.getAsLong());
        if (result.getAsLong() < 0) {
          break;
        }
      }
      whole = true;
      return results;
    } finally {
      give(connection, whole);
    }
  }

  private Optional<Connection> take() {
    synchronized (idle) {
      if (closed) {
        throw new IllegalStateException("this engine is closed");
      }
      return Optional.ofNullable(idle.poll());
    }
  }

  private void give(Connection connection, boolean whole) {
    synchronized (idle) {
      if (whole && !closed) {
        idle.push(connection);
        return;
      }
    }
    connection.close();
  }

  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
      idle.forEach(Connection::close);
      idle.clear();
    }
  }

  /** A socket with the structures that sendmsg(2) and recvmsg(2) want, for 64-bit systems. */
  private static final class Connection implements AutoCloseable {
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int IOVEC = 64;
    private static final int CONTROL = 96;
    private static final int CONTROL_SIZE = 64;
    private static final int DATA = CONTROL + CONTROL_SIZE;
    private static final int MAX_DATA = 160 << 10;

    private final int socket;
    private final Memory memory = new Memory(DATA + MAX_DATA);

    Connection(int socket) {
      this.socket = socket;
    }

    OptionalLong call(AgentCall call) {
      return send(call) ? OptionalLong.of(receive(call)) : OptionalLong.empty();
    }

    private void prepare(long dataSize, long controlSize) {
      memory.clear(DATA);
      long at = Pointer.nativeValue(memory);
      memory.setLong(16, at + IOVEC); // msg_iov
      memory.setLong(24, 1); // msg_iovlen
      memory.setLong(32, controlSize == 0 ? 0 : at + CONTROL); // msg_control
      memory.setLong(40, controlSize); // msg_controllen
      memory.setLong(IOVEC, at + DATA);
      memory.setLong(IOVEC + 8, dataSize);
    }

    private boolean send(AgentCall call) {
      byte[] message = call.encode();
      int fds = call.fds().size();
      prepare(message.length, fds == 0 ? 0 : 16 + (4L * fds + 7) / 8 * 8);
      if (fds > 0) {
        memory.setLong(CONTROL, 16 + 4L * fds); // cmsg_len
        memory.setInt(CONTROL + 8, 1); // SOL_SOCKET
        memory.setInt(CONTROL + 12, 1); // SCM_RIGHTS
        for (int i = 0; i < fds; i++) {
          memory.setInt(CONTROL + 16 + 4L * i, call.fds().get(i));
        }
      }
      memory.write(DATA, message, 0, message.length);
      while (LibC.sendmsg(socket, memory, MSG_NOSIGNAL) < 0) {
        int errno = Native.getLastError();
        if (errno == Errno.EPIPE || errno == Errno.ECONNRESET) {
          return false;
        }
        if (errno != Errno.EINTR) {
          throw new SystemCallException("sendmsg", "to the agent in the user namespace", errno);
        }
      }
      return true;
    }

    private long receive(AgentCall call) {
      long n;
      do {
        prepare(8L + call.outSize(), CONTROL_SIZE);
        n = LibC.recvmsg(socket, memory, MSG_CMSG_CLOEXEC);
      } while (n < 0 && Native.getLastError() == Errno.EINTR);
      if (n < 8) {
        throw new StorageException(
            "The agent in the user namespace has ended; it was killed, perhaps: try again");
      }
      long result = memory.getLong(DATA);
      if (result < 0) {
        return result;
      }
      if (call.outSize() > 0) {
        call.output(memory.getByteArray(DATA + 8, call.outSize()));
      }
      return call.opensFd() ? memory.getInt(CONTROL + 16) : result;
    }

    @Override
    public void close() {
      LibC.close(socket);
      memory.close();
    }
  }
}
