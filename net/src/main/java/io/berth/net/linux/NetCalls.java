package io.berth.net.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.NativeLong;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import io.berth.error.SystemCallException;

/** The C library's calls for sockets and namespaces, mapped directly. */
final class NetCalls {
  static final int AF_UNIX = 1;
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int AF_NETLINK = 16;
  static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  static final int SOCK_RAW = 3;
  static final int IPPROTO_RAW = 255;
  static final int SOCK_CLOEXEC = 0x80000;
  static final int CLONE_NEWNET = 0x40000000;
  static final int O_RDONLY_CLOEXEC = 0x80000;
  static final int O_WRONLY = 1;

  static {
    Native.register(NetCalls.class, NativeLibrary.getInstance(Platform.C_LIBRARY_NAME));
  }

  private NetCalls() {}

  static native int socket(int domain, int type, int protocol);

  static native int bind(int fd, byte[] address, int length);

  static native int listen(int fd, int backlog);

  static native int getsockname(int fd, byte[] address, int[] length);

  static native int setsockopt(int fd, int level, int name, byte[] value, int length);

  static native int getsockopt(int fd, int level, int name, byte[] value, int[] length);

  static native NativeLong send(int fd, byte[] buffer, NativeLong length, int flags);

  static native NativeLong recv(int fd, byte[] buffer, NativeLong length, int flags);

  static native NativeLong read(int fd, byte[] buffer, NativeLong length);

  static native NativeLong write(int fd, byte[] buffer, NativeLong length);

  static native NativeLong readlink(String path, byte[] buffer, NativeLong length);

  static native int open(String path, int flags);

  static native int close(int fd);

  static native int setns(int fd, int type);

  static native int unshare(int flags);

  static native int ioctl(int fd, NativeLong request, Pointer argument);

  /**
   * @throws SystemCallException when the result is negative
   */
  static int check(int result, String call, String subject) {
    if (result < 0) {
      throw new SystemCallException(call, subject, Native.getLastError());
    }
    return result;
  }
}
