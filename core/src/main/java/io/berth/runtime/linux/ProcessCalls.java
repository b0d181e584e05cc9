package io.berth.runtime.linux;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import com.sun.jna.ptr.IntByReference;
import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Starting processes and speaking with them over unix sockets. Descriptors are plain numbers;
 * whoever gets one from here closes it.
 */
public final class ProcessCalls {
  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final int SOCK_CLOEXEC = 0x80000;
  private static final int O_PATH_CLOEXEC = 0x280000;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_ALLOW_SEALING = 2;
  private static final int MFD_EXEC = 0x10;
  private static final int F_ADD_SEALS = 1033;
  private static final int SEAL_SEAL_SHRINK_GROW_WRITE = 0xf;
  private static final int POLLIN = 1;

  static {
    Native.register(ProcessCalls.class, "c");
  }

  private static native int socketpair(int domain, int type, int protocol, int[] fds);

  private static native int socket(int domain, int type, int protocol);

  private static native int connect(int fd, byte[] address, int length);

  private static native int open(String path, int flags);

  private static native int close(int fd);

  private static native int shutdown(int fd, int how);

  private static native NativeLong read(int fd, byte[] buffer, NativeLong count);

  private static native NativeLong write(int fd, byte[] buffer, NativeLong count);

  private static native NativeLong send(int fd, byte[] buffer, NativeLong count, int flags);

  private static native NativeLong sendmsg(int fd, Pointer message, int flags);

  private static native NativeLong recvmsg(int fd, Pointer message, int flags);

  private static native int poll(Pointer fds, NativeLong count, int timeout);

  private static native int memfd_create(String name, int flags);

  private static native int fcntl(int fd, int command, int argument);

  private static native int posix_spawn(
      IntByReference pid,
      String path,
      Pointer actions,
      Pointer attributes,
      StringArray args,
      StringArray env);

  private static native int posix_spawn_file_actions_init(Pointer actions);

  private static native int posix_spawn_file_actions_destroy(Pointer actions);

  private static native int posix_spawn_file_actions_addopen(
      Pointer actions, int fd, String path, int flags, int mode);

  private static native int posix_spawn_file_actions_adddup2(Pointer actions, int fd, int as);

  private static native int waitpid(int pid, IntByReference status, int options);

  private ProcessCalls() {}

  private static int check(int result, String call, String subject) {
    if (result < 0) {
      throw new SystemCallException(call, subject, Native.getLastError());
    }
    return result;
  }

  /** Two connected stream sockets, both closed on exec. */
  public static int[] streamPair() {
    int[] fds = new int[2];
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), "socketpair", "");
    return fds;
  }

  /** Two connected sockets that keep message boundaries, both closed on exec. */
  public static int[] packetPair() {
    int[] fds = new int[2];
    check(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), "socketpair", "");
    return fds;
  }

  /**
   * Connects to a unix stream socket. The directory is opened first, so that its path may be longer
   * than the 108 bytes of a socket address.
   */
  public static int connectUnix(Path directory, String name) {
    int at = check(open(directory.toString(), O_PATH_CLOEXEC), "open", directory.toString());
    try {
      byte[] path = ("/proc/self/fd/" + at + "/" + name).getBytes(StandardCharsets.UTF_8);
      byte[] address = new byte[2 + path.length + 1];
      ByteBuffer.wrap(address).order(ByteOrder.nativeOrder()).putShort((short) AF_UNIX).put(path);
      int fd = check(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket", "");
      if (connect(fd, address, address.length) < 0) {
        int errno = Native.getLastError();
        close(fd);
        throw new SystemCallException("connect", directory.resolve(name).toString(), errno);
      }
      return fd;
    } finally {
      close(at);
    }
  }

  /** Passes a descriptor over a socket, with one byte of data that tells what for. */
  public static void sendDescriptor(int socket, char what, int fd) {
    // struct msghdr, then its iovec, its byte, and one SCM_RIGHTS control message; LP64.
    try (Memory m = new Memory(128)) {
      m.clear();
      long at = Pointer.nativeValue(m);
      m.setLong(16, at + 56); // msg_iov
      m.setLong(24, 1); // msg_iovlen
      m.setLong(32, at + 80); // msg_control
      m.setLong(40, 24); // msg_controllen = CMSG_SPACE(4)
      m.setLong(56, at + 72); // iov_base
      m.setLong(64, 1); // iov_len
      m.setByte(72, (byte) what);
      m.setLong(80, 20); // cmsg_len = CMSG_LEN(4)
      m.setInt(88, 1); // SOL_SOCKET
      m.setInt(92, 1); // SCM_RIGHTS
      m.setInt(96, fd);
      if (sendmsg(socket, m, MSG_NOSIGNAL).longValue() < 0) {
        throw new SystemCallException("sendmsg", "", Native.getLastError());
      }
    }
  }

  /**
   * Takes a descriptor that comes over a stream socket with one byte of data.
   *
   * @return -1 when the stream has ended or something else comes
   */
  public static int receiveDescriptor(int socket) {
    try (Memory m = new Memory(128)) {
      long n;
      do {
        m.clear();
        long at = Pointer.nativeValue(m);
        m.setLong(16, at + 56); // as in sendDescriptor
        m.setLong(24, 1);
        m.setLong(32, at + 80);
        m.setLong(40, 24);
        m.setLong(56, at + 72);
        m.setLong(64, 1);
        n = recvmsg(socket, m, MSG_CMSG_CLOEXEC).longValue();
      } while (n < 0 && Native.getLastError() == Errno.EINTR);
      boolean descriptor = n == 1 && m.getLong(40) >= 20 && m.getInt(92) == 1;
      return descriptor ? m.getInt(96) : -1;
    }
  }

  /** Reads at least one byte; 0 at the end of the stream. */
  public static int read(int fd, byte[] buffer, int count) {
    while (true) {
      int n = read(fd, buffer, new NativeLong(count)).intValue();
      if (n >= 0) {
        return n;
      }
      int errno = Native.getLastError();
      if (errno == Errno.ECONNRESET) {
        return 0;
      }
      if (errno != Errno.EINTR) {
        throw new SystemCallException("read", "", errno);
      }
    }
  }

  /** Sends all of a buffer; false when the other end is gone. */
  public static boolean send(int fd, byte[] buffer) {
    byte[] rest = buffer;
    while (rest.length > 0) {
      int n = send(fd, rest, new NativeLong(rest.length), MSG_NOSIGNAL).intValue();
      if (n < 0) {
        int errno = Native.getLastError();
        if (errno == Errno.EPIPE || errno == Errno.ECONNRESET) {
          return false;
        }
        if (errno != Errno.EINTR) {
          throw new SystemCallException("send", "", errno);
        }
      } else {
        rest = n == rest.length ? new byte[0] : Arrays.copyOfRange(rest, n, rest.length);
      }
    }
    return true;
  }

  /**
   * Waits until there is something to read.
   *
   * @param millis how long; negative for ever
   * @return false when the time is over
   */
  public static boolean awaitReadable(int fd, int millis) {
    try (Memory m = new Memory(8)) {
      m.setInt(0, fd);
      m.setShort(4, (short) POLLIN);
      m.setShort(6, (short) 0);
      int n = poll(m, new NativeLong(1), millis);
      if (n < 0 && Native.getLastError() != Errno.EINTR) {
        throw new SystemCallException("poll", "", Native.getLastError());
      }
      return n > 0;
    }
  }

  /** A file in memory that holds a program and can never be changed again, not even by root. */
  public static int sealedProgram(String name, byte[] content) {
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
    if (fd < 0 && Native.getLastError() == Errno.EINVAL) { // before Linux 6.3
      fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    }
    check(fd, "memfd_create", name);
    try {
      byte[] rest = content;
      while (rest.length > 0) {
        int n = write(fd, rest, new NativeLong(rest.length)).intValue();
        check(n, "write", name);
        rest = Arrays.copyOfRange(rest, n, rest.length);
      }
      check(fcntl(fd, F_ADD_SEALS, SEAL_SEAL_SHRINK_GROW_WRITE), "fcntl F_ADD_SEALS", name);
      return fd;
    } catch (RuntimeException e) {
      close(fd);
      throw e;
    }
  }

  /**
   * Starts a program with no environment, /dev/null as its stdio and one more descriptor as number
   * 3.
   *
   * @param program an open executable file
   * @return its process id
   */
  public static int spawn(int program, List<String> args, int three) {
    // posix_spawn_file_actions_t is 80 bytes in glibc and musl.
    try (Memory actions = new Memory(256)) {
      posix_spawn_file_actions_init(actions);
      try {
        for (int fd = 0; fd < 3; fd++) {
          posix_spawn_file_actions_addopen(actions, fd, "/dev/null", 2, 0);
        }
        posix_spawn_file_actions_adddup2(actions, three, 3);
        IntByReference pid = new IntByReference();
        int errno =
            posix_spawn(
                pid,
                "/proc/self/fd/" + program,
                actions,
                Pointer.NULL,
                new StringArray(args.toArray(String[]::new)),
                new StringArray(new String[0]));
        if (errno != 0) {
          throw new SystemCallException("posix_spawn", args.get(0), errno);
        }
        return pid.getValue();
      } finally {
        posix_spawn_file_actions_destroy(actions);
      }
    }
  }

  /** Waits for a child process to end, and takes it out of the process table. */
  public static void reap(int pid) {
    while (waitpid(pid, new IntByReference(), 0) < 0 && Native.getLastError() == Errno.EINTR) {
      // again
    }
  }

  /** Ends a connection in both directions without closing its descriptor. */
  public static void shutdownSocket(int fd) {
    shutdown(fd, 2);
  }

  /** Closes a descriptor; errors tell nothing that a caller could act on. */
  public static void closeDescriptor(int fd) {
    close(fd);
  }
}
