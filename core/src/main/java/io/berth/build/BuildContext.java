package io.berth.build;

import io.berth.dockerfile.IgnorePatterns;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.internal.AtomicFile;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.FileStatus;
import io.berth.linux.StatusCalls;
import io.berth.linux.Xattrs;
import io.berth.oci.Digest;
import io.berth.oci.Digester;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** A directory that COPY and ADD read from, with the digests of its files. */
final class BuildContext implements AutoCloseable {
  private static final int LARGEST_READ = 1 << 17;

  private final Fd root;
  private final SourceTree tree;
  private final StatCache digests;
  private final Optional<StatCaches> keeper;
  private final IgnorePatterns ignored;

  private BuildContext(
      Fd root, IgnorePatterns ignored, StatCache digests, Optional<StatCaches> keeper) {
    this.keeper = keeper;
    this.root = root;
    this.ignored = ignored;
    this.tree =
        new SourceTree(root, ignored::matches, directory -> !ignored.mayContainIncluded(directory));
    this.digests = digests;
  }

  /**
   * @param statCaches where digests are kept from build to build; empty for a directory that is
   *     there for one build
   */
  static BuildContext open(
      Path directory, IgnorePatterns ignored, Optional<StatCaches> statCaches) {
    if (!Files.isDirectory(directory)) {
      throw new NotFoundException(
          "No such context directory: " + directory + "; give the directory that COPY reads from");
    }
    try {
      Path real = directory.toRealPath();
      return new BuildContext(
          FileCalls.openDirectory(real),
          ignored,
          statCaches.map(caches -> caches.load(real)).orElseGet(StatCache::inMemory),
          statCaches);
    } catch (IOException e) {
      throw new InvalidInputException("Cannot open the context " + directory + ": " + e, e);
    }
  }

  /** The rules of a directory's own ignore file. */
  static IgnorePatterns ignoreFile(Contexts.Folder folder) {
    Path file = folder.directory().resolve(".dockerignore");
    return (folder.own() ? AtomicFile.read(file) : ContextFile.read(folder.directory(), file))
        .map(bytes -> IgnorePatterns.parse(new String(bytes, StandardCharsets.UTF_8)))
        .orElseGet(IgnorePatterns::none);
  }

  SourceTree tree() {
    return tree;
  }

  /** Whether an ignore file leaves out what a source names. */
  boolean ignores(String source) {
    return ignored.matches(source);
  }

  /** The part of a copy that these sources name. */
  TreePart part(CopyRequest request, List<String> sources, String where) {
    KeyDigest place = new KeyDigest("place 1").add(sources);
    if (keeper.isPresent()) {
      // Others come in a new directory each time.
      FileStatus.FileId directory = StatusCalls.stat(root).id();
      place.add(directory.device()).add(directory.inode());
    }
    return TreePart.of(request, sources, tree, where, false, this::digest).found(place.digest());
  }

  private Digest digest(SourceItem item) {
    FileStatus status = item.status();
    StatCache.Stamp stamp =
        new StatCache.Stamp(
            status.size(), nanos(status.mtime()), nanos(status.ctime()), status.inode());
    return digests.digest(item.source(), stamp, () -> contentDigest(tree, item));
  }

  /** Reads a file through; its extended attributes count too. */
  static Digest contentDigest(SourceTree tree, SourceItem item) {
    Digester digester = Digester.sha256();
    byte[] buffer = new byte[(int) Math.min(item.status().size() + 1, LARGEST_READ)];
    boolean attributed;
    try (Fd file = tree.open(item.source())) {
      attributed = Xattrs.any(file);
      InputStream in = FileIo.inputStream(file);
      for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
        digester.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + item.source() + ": " + e.getMessage(), e);
    }
    SortedMap<String, byte[]> attributes =
        attributed ? tree.attributes(item.source()) : Collections.emptySortedMap();
    if (attributes.isEmpty()) {
      return digester.digest();
    }
    KeyDigest key = new KeyDigest("content 2").add(digester.digest().hex());
    attributes.forEach((name, value) -> key.add(name).add(HexFormat.of().formatHex(value)));
    return key.digest();
  }

  private static long nanos(Instant time) {
    // May overflow in the year 2262: a stamp is only compared.
    return time.getEpochSecond() * 1_000_000_000 + time.getNano();
  }

  @Override
  public void close() {
    try {
      keeper.ifPresent(caches -> caches.save(digests));
    } finally {
      root.close();
    }
  }
}
