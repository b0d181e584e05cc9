package io.berth.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;

/**
 * What {@code statx(2)} tells of a file.
 *
 * @param mode the permission bits with setuid, setgid and sticky: {@code 07777}
 * @param device the file system, {@code major << 32 | minor}; with {@code inode} the file's
 *     identity
 * @param links the number of hard links
 * @param rdevMajor for a device node, its major number
 * @param allocated how many bytes it takes on disk
 */
public record FileStatus(
    FileType type,
    int mode,
    long uid,
    long gid,
    long size,
    Instant mtime,
    Instant ctime,
    long device,
    long inode,
    long links,
    int rdevMajor,
    int rdevMinor,
    long allocated) {

  static final int STATX_SIZE = 256;

  static FileStatus ofStatx(byte[] buffer) {
    ByteBuffer b = ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder());
    int mode = b.getShort(28) & 0xFFFF;
    return new FileStatus(
        FileType.ofMode(mode),
        mode & 07777,
        Integer.toUnsignedLong(b.getInt(20)),
        Integer.toUnsignedLong(b.getInt(24)),
        b.getLong(40),
        Instant.ofEpochSecond(b.getLong(112), b.getInt(120)),
        Instant.ofEpochSecond(b.getLong(96), b.getInt(104)),
        (long) b.getInt(136) << 32 | Integer.toUnsignedLong(b.getInt(140)),
        b.getLong(32),
        Integer.toUnsignedLong(b.getInt(16)),
        b.getInt(128),
        b.getInt(132),
        512 * b.getLong(48));
  }

  FileStatus ownedBy(long newUid, long newGid) {
    return new FileStatus(
        type, mode, newUid, newGid, size, mtime, ctime, device, inode, links, rdevMajor, rdevMinor,
        allocated);
  }

  public boolean isDirectory() {
    return type == FileType.DIRECTORY;
  }

  public boolean isRegular() {
    return type == FileType.REGULAR;
  }

  public boolean isSymlink() {
    return type == FileType.SYMLINK;
  }

  /** What two names of one file have in common. */
  public FileId id() {
    return new FileId(device, inode);
  }

  /** The identity of a file on this machine. */
  public record FileId(long device, long inode) {}
}
