package io.berth.layers;

import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import io.berth.layers.tar.TarEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileStatus;
import io.berth.linux.FileType;
import io.berth.linux.Xattrs;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a layer says of a file that an ordinary user's engine cannot give it: an owner whose id is
 * not in the user namespace, or that it is a device. Such a file is root's, and the device an empty
 * file; a note, in an attribute of files and directories, keeps what it was, so that the layer can
 * be written again as it came.
 *
 * <pre>{@code user.berth.stat = UID:GID:SPECIAL_BITS[:TYPE:MAJOR:MINOR]}</pre>
 */
final class OwnerNote {
  static final String ATTRIBUTE = "user.berth.stat";

  private static final int SPECIAL = 06000;
  private static final Pattern FORMAT =
      Pattern.compile("(\\d{1,10}):(\\d{1,10}):([0-7]{1,4})(?::([cb]):(\\d{1,7}):(\\d{1,8}))?");

  private OwnerNote() {}

  /** Whether an entry's owner can be given to files. */
  static boolean isNeeded(Fd where, TarEntry entry) {
    return !where.access().keeps(entry.uid(), entry.gid());
  }

  /** The mode for a file that becomes root's: one that is run as its owner must not be. */
  static int mode(Fd where, TarEntry entry) {
    return isNeeded(where, entry) ? entry.mode() & ~SPECIAL : entry.mode();
  }

  /** Notes the owner of an entry where that is needed; to be called when the file is there. */
  static void keep(Fd parent, String name, TarEntry entry) {
    if (isNeeded(parent, entry)) {
      write(parent, name, text(entry, ""));
    }
  }

  /** Makes the file that stands for a device. */
  static void makeDevice(Fd parent, String name, FileType type, TarEntry entry) {
    FileCalls.mknod(parent, name, FileType.REGULAR, 0600, 0, 0);
    String letter = type == FileType.BLOCK_DEVICE ? "b" : "c";
    write(
        parent, name, text(entry, ":" + letter + ":" + entry.devMajor() + ":" + entry.devMinor()));
  }

  private static String text(TarEntry entry, String device) {
    String special = Integer.toOctalString(entry.mode() & SPECIAL);
    return entry.uid() + ":" + entry.gid() + ":" + special + device;
  }

  private static void write(Fd parent, String name, String text) {
    try {
      Xattrs.set(parent, name, ATTRIBUTE, text.getBytes(StandardCharsets.US_ASCII));
    } catch (SystemCallException e) {
      // Symlinks and FIFOs have no such attributes, nor have all file systems.
      if (e.errno() != Errno.EPERM && e.errno() != Errno.ENOTSUP) {
        throw e;
      }
    }
  }

  /** What a file is by its note, if it has one that counts. */
  static FileStatus restore(Fd where, FileStatus status, Map<String, byte[]> attributes) {
    byte[] note = where.access().isDirect() ? null : attributes.get(ATTRIBUTE);
    if (note == null) {
      return status;
    }
    Matcher m = FORMAT.matcher(new String(note, StandardCharsets.US_ASCII));
    if (!m.matches()) {
      return status;
    }
    FileType type =
        m.group(4) == null
            ? status.type()
            : m.group(4).equals("b") ? FileType.BLOCK_DEVICE : FileType.CHARACTER_DEVICE;
    boolean device = m.group(4) != null;
    return new FileStatus(
        type,
        status.mode() | Integer.parseInt(m.group(3), 8),
        Long.parseLong(m.group(1)),
        Long.parseLong(m.group(2)),
        status.size(),
        status.mtime(),
        status.ctime(),
        status.device(),
        status.inode(),
        status.links(),
        device ? Integer.parseInt(m.group(5)) : status.rdevMajor(),
        device ? Integer.parseInt(m.group(6)) : status.rdevMinor(),
        status.allocated());
  }
}
