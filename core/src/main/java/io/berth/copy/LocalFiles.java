package io.berth.copy;

import io.berth.error.Errno;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import io.berth.error.SystemCallException;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileStatus;
import io.berth.linux.StatusCalls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** This host's end of a copy. */
public final class LocalFiles {
  private static final int MAX_LINKS = 10;

  private LocalFiles() {}

  /**
   * A file or directory to copy.
   *
   * @param directory real, to hold open while it is read
   * @param entry in it; {@code .} for what is in it
   */
  public record Source(Path directory, String entry, CopyPlan.Source what) {}

  /**
   * @throws NotFoundException when there is no such file
   */
  public static Source source(String local, boolean followLink) {
    CopyPath asked = new CopyPath(local);
    CopyPath real;
    if (followLink || asked.assertsDirectory()) {
      String end = asked.isContents() ? "/." : "";
      real = new CopyPath(real(Path.of(local)) + end);
    } else {
      CopyPath above = asked.directory();
      Path parent = real(Path.of(above.text()));
      real = new CopyPath(parent.resolve(asked.entry()).toString());
    }
    FileStatus status =
        StatusCalls.statIfPresent(Fd.CWD, real.text()).orElseThrow(() -> missing(local));
    if (asked.assertsDirectory() && !status.isDirectory()) {
      throw new InvalidInputException("Not a directory: " + local);
    }
    // A link that was followed keeps the name it was asked for by.
    String name = asked.isContents() ? "." : asked.base().equals("..") ? real.base() : asked.base();
    return new Source(
        Path.of(real.directory().text()),
        real.entry(),
        new CopyPlan.Source(name, status.isDirectory()));
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (NoSuchFileException e) {
      throw missing(path.toString());
    } catch (IOException e) {
      throw new StorageException("Cannot resolve " + path + ": " + e, e);
    }
  }

  private static NotFoundException missing(String path) {
    return new NotFoundException("lstat " + path + ": no such file or directory on this host");
  }

  /** Where a copy goes; symlinks are followed, also to something that is not there yet. */
  public static CopyPlan.Target target(String local) {
    CopyPath path = new CopyPath(local);
    Optional<FileStatus> status = stat(path);
    for (int links = 0; status.map(FileStatus::isSymlink).orElse(false); links++) {
      if (links == MAX_LINKS) {
        throw new SystemCallException("follow link", local, Errno.ELOOP);
      }
      String target = FileCalls.readlink(Fd.CWD, path.text());
      path = new CopyPath(target.startsWith("/") ? target : path.directory().text() + "/" + target);
      status = stat(path);
    }
    if (status.isPresent()) {
      boolean directory = status.get().isDirectory();
      if (path.assertsDirectory() && !directory) {
        throw new InvalidInputException("Not a directory: " + local);
      }
      return new CopyPlan.Target(path, true, directory);
    }
    if (!Files.isDirectory(Path.of(path.directory().text()))) {
      throw new NotFoundException(
          "invalid output path: directory \"" + path.directory() + "\" does not exist");
    }
    return new CopyPlan.Target(path, false, false);
  }

  private static Optional<FileStatus> stat(CopyPath path) {
    return StatusCalls.statIfPresent(Fd.CWD, path.text());
  }
}
