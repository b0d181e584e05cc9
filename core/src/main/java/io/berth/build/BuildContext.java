package io.berth.build;

import io.berth.dockerfile.IgnorePatterns;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileStatus;
import io.berth.oci.Digest;
import io.berth.oci.Digester;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** The directory that COPY and ADD read from, with the digests of its files. */
final class BuildContext implements AutoCloseable {
  private final Fd root;
  private final SourceTree tree;
  private final StatCache digests;

  private BuildContext(Fd root, IgnorePatterns ignored, StatCache digests) {
    this.root = root;
    this.tree =
        new SourceTree(root, ignored::matches, directory -> !ignored.mayContainIncluded(directory));
    this.digests = digests;
  }

  static BuildContext open(Path directory, IgnorePatterns ignored, Path statCache) {
    if (!Files.isDirectory(directory)) {
      throw new NotFoundException(
          "No such context directory: " + directory + "; give the directory that COPY reads from");
    }
    try {
      Path real = directory.toRealPath();
      return new BuildContext(
          FileCalls.openDirectory(real), ignored, StatCache.load(statCache, real));
    } catch (IOException e) {
      throw new InvalidInputException("Cannot open the context " + directory + ": " + e, e);
    }
  }

  SourceTree tree() {
    return tree;
  }

  Digest digest(SourceItem item) {
    FileStatus status = item.status();
    StatCache.Stamp stamp =
        new StatCache.Stamp(
            status.size(), nanos(status.mtime()), nanos(status.ctime()), status.inode());
    return digests.digest(item.source(), stamp, () -> contentDigest(tree, item));
  }

  /** Reads a file through. */
  static Digest contentDigest(SourceTree tree, SourceItem item) {
    Digester digester = Digester.sha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = tree.read(item.source())) {
      for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
        digester.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + item.source() + ": " + e.getMessage(), e);
    }
    return digester.digest();
  }

  private static long nanos(Instant time) {
    // May overflow in the year 2262: a stamp is only compared.
    return time.getEpochSecond() * 1_000_000_000 + time.getNano();
  }

  @Override
  public void close() {
    try {
      digests.save();
    } finally {
      root.close();
    }
  }
}
