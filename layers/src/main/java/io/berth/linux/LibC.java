package io.berth.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.nio.Buffer;

/**
 * The C library, mapped directly. Nothing but this package's typed classes calls it.
 *
 * <p>{@code syscall} has one overload for each shape of arguments: calls that older C libraries do
 * not wrap go through it, with the numbers of {@link SyscallNumbers}.
 */
final class LibC {
  static {
    Native.register(LibC.class, NativeLibrary.getInstance(Platform.C_LIBRARY_NAME));
  }

  private LibC() {}

  static native int close(int fd);

  static native long read(int fd, Buffer buffer, long count);

  static native long read(int fd, byte[] buffer, long count);

  static native long write(int fd, byte[] buffer, long count);

  static native long write(int fd, Buffer buffer, long count);

  static native long write(int fd, Pointer buffer, long count);

  static native long lseek(int fd, long offset, int whence);

  static native int ftruncate(int fd, long length);

  static native int fsync(int fd);

  static native int flock(int fd, int operation);

  static native int ioctl(int fd, long request, long argument);

  static native int mkdirat(int dir, byte[] path, int mode);

  static native int linkat(int oldDir, byte[] oldPath, int newDir, byte[] newPath, int flags);

  static native int symlinkat(byte[] target, int dir, byte[] path);

  static native long readlinkat(int dir, byte[] path, byte[] buffer, long size);

  static native int unlinkat(int dir, byte[] path, int flags);

  static native int fchownat(int dir, byte[] path, int uid, int gid, int flags);

  static native int fchown(int fd, int uid, int gid);

  static native int fchmod(int fd, int mode);

  static native int fchmodat(int dir, byte[] path, int mode, int flags);

  static native int utimensat(int dir, byte[] path, long[] times, int flags);

  static native int futimens(int fd, long[] times);

  static native long lgetxattr(byte[] path, byte[] name, byte[] value, long size);

  static native int lsetxattr(byte[] path, byte[] name, byte[] value, long size, int flags);

  static native long llistxattr(byte[] path, byte[] list, long size);

  static native long flistxattr(int fd, byte[] list, long size);

  static native int lremovexattr(byte[] path, byte[] name);

  static native long sendmsg(int socket, Pointer message, int flags);

  static native long recvmsg(int socket, Pointer message, int flags);

  static native int mount(byte[] source, byte[] target, byte[] type, long flags, byte[] data);

  static native int umount2(byte[] target, int flags);

  static native long syscall(long number, byte[] name, long flags);

  static native long syscall(long number, long a, long b, long c);

  static native long syscall(long number, long fd, byte[] buffer, long size);

  static native long syscall(long number, long dir, byte[] path, long a, long b);

  static native long syscall(long number, long dir, byte[] path, long[] how, long size);

  static native long syscall(
      long number, long dir, byte[] path, long flags, long mask, byte[] buffer);

  static native long syscall(long number, long dir, byte[] path, long dir2, byte[] path2, long a);

  static native long syscall(long number, long fd, long command, byte[] key, byte[] value, long a);

  static native long syscall(long number, long a, long b, long c, long d, long e, long f);
}
