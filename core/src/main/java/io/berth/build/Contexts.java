package io.berth.build;

import io.berth.api.ContextSource;
import io.berth.dockerfile.GoPaths;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.linux.Fd;
import io.berth.linux.FileRights;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Makes directories of contexts, whatever they come from. */
final class Contexts {
  private static final int MOST_TEXT = 1 << 20;

  private final FileRights access;
  private final TemporaryTrees trees;
  private final Git git;
  private final Downloads downloads;
  private final Materials materials;
  private final long unpackedLimit;

  /**
   * A context as a directory.
   *
   * @param own whether it is the user's, and stays
   * @param dockerfile when the context was nothing but a Dockerfile
   */
  record Folder(Path directory, boolean own, Optional<String> dockerfile) {}

  Contexts(
      FileRights access,
      TemporaryTrees trees,
      Git git,
      Downloads downloads,
      Materials materials,
      long unpackedLimit) {
    this.access = access;
    this.trees = trees;
    this.git = git;
    this.downloads = downloads;
    this.materials = materials;
    this.unpackedLimit = unpackedLimit;
  }

  /**
   * @param keepGit whether a repository keeps its {@code .git}
   */
  Folder open(ContextSource source, boolean keepGit) {
    if (source instanceof ContextSource.Directory directory) {
      return new Folder(directory.path(), true, Optional.empty());
    }
    if (source instanceof ContextSource.Archive archive) {
      return archive(archive.tar(), "the context");
    }
    if (source instanceof ContextSource.Files files) {
      return new Folder(files(files.files()), false, Optional.empty());
    }
    if (source instanceof ContextSource.Git repository) {
      GitUrl url = GitUrl.parse(repository.url());
      String commit = git.commit(url);
      materials.addCommit(url.remote(), commit);
      Path directory = git.checkOut(url, commit, trees.make("context-"), keepGit);
      return new Folder(directory, false, Optional.empty());
    }
    if (source instanceof ContextSource.Download download) {
      Downloads.Download got = downloads.get(download.url(), Optional.empty());
      materials.add(download.url(), got.digest());
      try (InputStream in = Files.newInputStream(got.file())) {
        return archive(in, download.url());
      } catch (IOException e) {
        throw new InvalidInputException("Cannot read " + download.url() + ": " + e, e);
      }
    }
    throw new InvalidInputException(
        "The context of a build is a directory, tar or repository, found " + source);
  }

  /** A tar; anything else is taken for a Dockerfile. */
  private Folder archive(InputStream in, String name) {
    Path directory = trees.make("context-");
    BufferedInputStream content = new BufferedInputStream(in);
    try (Fd root = access.openDirectory(directory);
        TreeWriter writer = new TreeWriter(root)) {
      content.mark(MOST_TEXT + 1);
      byte[] start = content.readNBytes(MOST_TEXT);
      content.reset();
      boolean archive =
          new ArchiveUnpacker(
                  writer, "", new Ownership(Optional.empty(), Optional.empty()), unpackedLimit)
              .unpack(name, () -> content);
      if (archive) {
        return new Folder(directory, false, Optional.empty());
      }
      if (start.length > 0 && isZeros(start)) {
        // A tar without entries is its end alone.
        return new Folder(directory, false, Optional.empty());
      }
      if (start.length == MOST_TEXT || !isText(start)) {
        throw new InvalidInputException(
            "The context from " + name + " is neither a tar nor a Dockerfile");
      }
      return new Folder(directory, false, Optional.of(new String(start, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new InvalidInputException("Cannot read the context from " + name + ": " + e, e);
    }
  }

  private static boolean isZeros(byte[] bytes) {
    return Arrays.equals(bytes, new byte[bytes.length]);
  }

  private static boolean isText(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return !text.isBlank() && text.indexOf(0) < 0;
  }

  private Path files(Map<String, byte[]> files) {
    Path directory = trees.make("context-");
    try (Fd root = access.openDirectory(directory);
        TreeWriter to = new TreeWriter(root)) {
      files.forEach(
          (name, content) -> {
            String path = GoPaths.clean("/" + name);
            to.makeDirectories(TreePart.parent(path), Ownership.Ids.ROOT);
            to.file(
                path, new ByteArrayInputStream(content), 0644, Ownership.Ids.ROOT, Instant.EPOCH);
          });
    }
    return directory;
  }

  static NotFoundException missing(Path file) {
    return new NotFoundException(
        "No Dockerfile at " + file + ": create it, or name another with file(...)");
  }
}
