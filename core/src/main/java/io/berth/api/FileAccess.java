package io.berth.api;

import io.berth.layers.PathChange;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of a container, running or not, as its processes see them: with its volumes, binds and
 * (while it runs) tmpfs mounts, but without {@code /proc}, {@code /sys} and {@code /dev}. Paths are
 * absolute or relative to {@code /}, and resolved inside the container whatever symlinks it has and
 * whatever its processes do meanwhile.
 *
 * <pre>{@code
 * container.files().copyTo(Path.of("site"), "/var/www");   // docker cp site CONTAINER:/var/www
 * container.files().copyFrom("/var/log/app.log", Path.of("."));
 * container.files().changes().forEach(System.out::println); // docker diff CONTAINER
 * }</pre>
 */
public interface FileAccess {

  /**
   * What a path names.
   *
   * @throws io.berth.error.NotFoundException when it names nothing
   */
  PathStat stat(String path);

  /**
   * Opens a file or directory, to be written as a tar. The caller closes it.
   *
   * @throws io.berth.error.NotFoundException when there is none
   */
  FileArchive archive(String path);

  /**
   * Unpacks a tar, plain or compressed with gzip or zstd, into a directory. The stream is read to
   * its end and not closed. When this fails on an entry, those before it are there.
   *
   * @throws io.berth.error.NotFoundException when there is no such directory
   * @throws io.berth.error.InvalidInputException when the path is no directory, the tar is broken
   *     or goes beyond the engine's limit, or what it is in is read-only
   * @throws io.berth.error.ConflictException when a file would take the place of a directory, or
   *     the other way round, and the options forbid it
   */
  void extract(InputStream tar, String directory, ExtractOptions options);

  /**
   * Copies a file or directory of this host into the container, by the rules of {@code docker cp}:
   * into the target when that is a directory, else as the target; {@code dir/.} stands for what is
   * in {@code dir}.
   *
   * @param local here a trailing slash means that a symlink is followed
   * @param target with a trailing slash it must be a directory
   * @throws io.berth.error.NotFoundException when the source or the target's directory is missing
   * @throws io.berth.error.ConflictException when a directory would be copied to a file
   */
  void copyTo(String local, String target, CopyOptions options);

  /** The same, with a path. */
  default void copyTo(Path local, String target) {
    copyTo(local.toString(), target, CopyOptions.DEFAULT);
  }

  /**
   * Copies a file or directory of the container to this host, by the same rules. Setuid and setgid
   * bits, file capabilities and devices come along only where {@link CopyOptions#archive} is set; a
   * device is an error otherwise.
   */
  void copyFrom(String source, String local, CopyOptions options);

  /** The same, with a path. */
  default void copyFrom(String source, Path local) {
    copyFrom(source, local.toString(), CopyOptions.DEFAULT);
  }

  /** What the container has changed in the files of its image, sorted by path. */
  List<PathChange> changes();

  /**
   * Writes its whole root file system as one tar, without what is mounted in it. The stream is not
   * closed.
   */
  void export(OutputStream tar);

  /**
   * How to unpack.
   *
   * @param noOverwriteDirNonDir whether it is an error when a file would take a directory's place,
   *     or a directory a file's
   * @param copyUidGid whether all belongs to the container's user, when it has one, rather than to
   *     the owners that the tar names
   */
  record ExtractOptions(boolean noOverwriteDirNonDir, boolean copyUidGid) {
    public static final ExtractOptions DEFAULT = new ExtractOptions(false, false);
  }

  /**
   * How to copy.
   *
   * @param followLink whether a symlink given as the source stands for its target ({@code -L})
   * @param archive into the container, as {@link ExtractOptions#copyUidGid}; out of it, whether
   *     files keep their owners rather than become the caller's ({@code -a})
   */
  record CopyOptions(boolean followLink, boolean archive) {
    public static final CopyOptions DEFAULT = new CopyOptions(false, false);
  }
}
