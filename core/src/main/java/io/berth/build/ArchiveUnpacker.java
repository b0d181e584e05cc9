package io.berth.build;

import io.berth.error.InvalidInputException;
import io.berth.layers.Compression;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarReader;
import io.berth.layers.tar.TarType;
import io.berth.linux.FileType;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Unpacks tar archives, plain or compressed with gzip or zstd, as ADD does. */
final class ArchiveUnpacker {
  private static final int BLOCK = 512;
  private static final int MAGIC_AT = 257;

  private final TreeWriter to;
  private final String destination;
  private final Ownership ownership;
  private final long limit;
  private final Deque<Directory> directories = new ArrayDeque<>();

  private long unpacked;

  private record Directory(String path, Instant time) {}

  /**
   * @param destination the directory to unpack into, without trailing slash; made when missing
   * @param limit the most bytes that an archive may unpack to
   */
  ArchiveUnpacker(TreeWriter to, String destination, Ownership ownership, long limit) {
    this.to = to;
    this.destination = destination;
    this.ownership = ownership;
    this.limit = limit;
  }

  /**
   * Unpacks a file when it is an archive, seen from its content.
   *
   * @return whether it is one
   */
  boolean unpack(String name, Supplier<InputStream> file) {
    try (InputStream in = file.get()) {
      Optional<InputStream> tar = tar(in);
      if (tar.isEmpty()) {
        return false;
      }
      to.makeDirectories(destination, ownership.ownerOrRoot());
      unpack(name, new TarReader(tar.get()));
      return true;
    } catch (IOException e) {
      throw broken(name, e.getMessage() + "; check that it is a whole archive", e);
    }
  }

  private static InvalidInputException broken(String name, String why, Exception cause) {
    return new InvalidInputException("cannot unpack " + name + ": " + why, cause);
  }

  private void unpack(String name, TarReader tar) throws IOException {
    for (Optional<TarEntry> entry = next(name, tar); entry.isPresent(); entry = next(name, tar)) {
      count(entry.get());
      write(tar, entry.get());
    }
    // Last, since writing into a directory sets its time; the innermost first.
    while (!directories.isEmpty()) {
      Directory directory = directories.pop();
      to.setModified(directory.path(), directory.time());
    }
  }

  private static Optional<TarEntry> next(String name, TarReader tar) throws IOException {
    try {
      return tar.next();
    } catch (InvalidInputException e) {
      throw broken(name, e.getMessage(), e);
    }
  }

  private void write(TarReader tar, TarEntry entry) {
    String path = target(entry.name());
    Ownership.Ids owner =
        ownership.owner().orElseGet(() -> new Ownership.Ids(entry.uid(), entry.gid()));
    boolean directory = entry.type() == TarType.DIRECTORY;
    int mode = ownership.mode(entry.mode(), directory);
    if (path.equals(destination)) {
      return; // "./": the destination keeps its own owner and mode
    }
    to.makeDirectories(TreePart.parent(path), ownership.ownerOrRoot());
    switch (entry.type()) {
      case DIRECTORY -> {
        if (!to.makeDirectory(path, mode, owner)) {
          to.setDirectory(path, mode, owner);
        }
        directories.push(new Directory(path, entry.mtime()));
      }
      case SYMLINK -> to.symlink(path, entry.linkName(), owner, entry.mtime());
      case HARD_LINK -> to.hardLink(path, target(entry.linkName()));
      case FIFO -> to.special(path, FileType.FIFO, mode, owner, 0, 0);
      case CHARACTER_DEVICE -> device(path, FileType.CHARACTER_DEVICE, mode, owner, entry);
      case BLOCK_DEVICE -> device(path, FileType.BLOCK_DEVICE, mode, owner, entry);
      case REGULAR -> to.file(path, tar, entry, mode, owner);
    }
  }

  private void device(String path, FileType type, int mode, Ownership.Ids owner, TarEntry entry) {
    to.special(path, type, mode, owner, entry.devMajor(), entry.devMinor());
  }

  /** Holes are not in the archive, but in what it unpacks to. */
  private void count(TarEntry entry) {
    if (entry.size() > limit - unpacked) {
      throw new InvalidInputException(
          "refused to unpack the archive: its entry "
              + entry.name()
              + " goes beyond the limit of "
              + limit
              + " bytes; raise the engine's unpackedLimit if it is meant to be so large");
    }
    unpacked += entry.size();
  }

  private String target(String name) {
    StringBuilder path = new StringBuilder(destination);
    for (String part : name.split("/")) {
      if (part.equals("..")) {
        throw new InvalidInputException(
            "refused to unpack the archive: its entry "
                + name
                + " would leave the destination; make the archive without '..'");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        path.append('/').append(part);
      }
    }
    return path.toString();
  }

  private Optional<InputStream> tar(InputStream file) throws IOException {
    byte[] start;
    PushbackInputStream in =
        new PushbackInputStream(Compression.decompress(file, OptionalLong.of(limit)), BLOCK);
    try {
      start = in.readNBytes(BLOCK);
    } catch (IOException e) {
      return Optional.empty(); // begins like a compressed file, and is none
    }
    in.unread(start);
    return isTar(start) ? Optional.of(in) : Optional.empty();
  }

  private static boolean isTar(byte[] block) {
    if (block.length < BLOCK) {
      return false;
    }
    String magic = new String(block, MAGIC_AT, 5, StandardCharsets.US_ASCII);
    return magic.equals("ustar") || isOldTar(block);
  }

  /** Archives from before POSIX have no magic, but a checksum. */
  private static boolean isOldTar(byte[] block) {
    String text = new String(block, 148, 8, StandardCharsets.US_ASCII).replace('\0', ' ').strip();
    if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '7')) {
      return false;
    }
    byte[] header = block.clone();
    Arrays.fill(header, 148, 156, (byte) ' ');
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    return Integer.parseInt(text, 8) == sum;
  }
}
