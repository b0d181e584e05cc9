package io.berth.internal;

import io.berth.error.StorageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * The lines of a file that others append to and rotate: {@code FILE.2}, {@code FILE.1} and {@code
 * FILE} are read in this order, and what is appended, rotated or not, after them. Those that are
 * there at first may be compressed, as {@code FILE.2.gz}. A line that has no newline yet is not
 * given.
 */
public final class RotatedLines implements AutoCloseable {
  private static final int MAX_LINE = 16 << 20;
  private static final int BLOCK = 64 << 10;

  /** One file, held open so that it can be read to its end wherever it is moved to. */
  private record Part(FileChannel channel, Object key) {}

  private final Path file;
  private final Deque<Part> parts = new ArrayDeque<>();
  private final ByteBuffer buffer = ByteBuffer.allocate(BLOCK).flip();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long position;
  private Optional<Stop> stop = Optional.empty();

  private record Stop(Object key, long position) {}

  private RotatedLines(Path file) {
    this.file = file;
  }

  /** Begins with the oldest line that is there; the file itself may not be there yet. */
  public static RotatedLines open(Path file) {
    RotatedLines lines = new RotatedLines(file);
    lines.addNewer(Optional.empty());
    return lines;
  }

  /** Goes to before the last so many whole lines. */
  public void seekTail(long lines) {
    long left = lines;
    Deque<Part> wanted = new ArrayDeque<>();
    while (!parts.isEmpty() && (left > 0 || wanted.isEmpty())) {
      Part part = parts.removeLast();
      wanted.addFirst(part);
      Tail tail = tail(part.channel(), left);
      position = tail.position();
      left -= tail.lines();
    }
    parts.forEach(RotatedLines::close);
    parts.clear();
    parts.addAll(wanted);
    buffer.clear().flip();
    line.reset();
  }

  /**
   * Makes a place the end: nothing behind it is given.
   *
   * @param inode of the file that was the current one
   * @param size what it had then
   */
  public void stopAt(long inode, long size) {
    stop =
        parts.stream()
            .filter(p -> p.key().toString().endsWith("ino=" + inode + ")"))
            .findFirst()
            .map(p -> new Stop(p.key(), size));
  }

  /** The next whole line without its newline, if it is there now. */
  public Optional<byte[]> next() {
    while (true) {
      if (parts.isEmpty()) {
        addNewer(Optional.empty());
        if (parts.isEmpty()) {
          return Optional.empty();
        }
      }
      Optional<byte[]> found = nextOf(parts.peekFirst());
      if (found.isPresent() || !advance()) {
        return found;
      }
    }
  }

  private Optional<byte[]> nextOf(Part part) {
    while (true) {
      while (buffer.hasRemaining()) {
        byte b = buffer.get();
        if (b == '\n') {
          byte[] whole = line.toByteArray();
          line.reset();
          return Optional.of(whole);
        }
        if (line.size() < MAX_LINE) {
          line.write(b);
        }
      }
      if (!fill(part)) {
        return Optional.empty();
      }
    }
  }

  private boolean fill(Part part) {
    try {
      buffer.clear();
      long end =
          stop.filter(s -> s.key().equals(part.key())).map(Stop::position).orElse(Long.MAX_VALUE);
      if (end - position < buffer.capacity()) {
        buffer.limit((int) Math.max(0, end - position));
      }
      int n = buffer.hasRemaining() ? part.channel().read(buffer, position) : -1;
      buffer.flip();
      position += Math.max(0, n);
      return n > 0;
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /** Goes on to the next file, if this one has been rotated and nothing more is in it. */
  private boolean advance() {
    Part part = parts.peekFirst();
    if (stop.filter(s -> s.key().equals(part.key())).isPresent()) {
      return false;
    }
    if (parts.size() == 1) {
      if (key(file).filter(part.key()::equals).isPresent()) {
        return false;
      }
      addNewer(Optional.of(part.key()));
      if (parts.size() == 1) {
        return false;
      }
      // It may have grown between the last look and its rotation.
      if (fill(part)) {
        return true;
      }
    }
    close(parts.removeFirst());
    line.reset();
    position = 0;
    return true;
  }

  /** Opens the files that are newer than one, the newest first: a rotation meanwhile hides none. */
  private void addNewer(Optional<Object> than) {
    Deque<Part> newer = new ArrayDeque<>();
    Path path = file;
    for (int i = 1; ; i++) {
      Optional<Part> part = openPart(path);
      if (part.isEmpty() && i > 1 && than.isEmpty()) {
        part = openCompressed(path.resolveSibling(path.getFileName() + ".gz"));
      }
      if (part.isEmpty() && i > 1) {
        break;
      }
      if (part.isPresent()) {
        Object key = part.get().key();
        if (than.filter(key::equals).isPresent()) {
          close(part.get());
          break;
        }
        if (newer.stream().anyMatch(p -> p.key().equals(key))) {
          close(part.get());
        } else {
          newer.addFirst(part.get());
        }
      }
      path = file.resolveSibling(file.getFileName() + "." + i);
    }
    parts.addAll(newer);
  }

  private Optional<Part> openPart(Path path) {
    while (true) {
      Optional<Object> before = key(path);
      if (before.isEmpty()) {
        return Optional.empty();
      }
      try {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        if (key(path).equals(before)) {
          return Optional.of(new Part(channel, before.get()));
        }
        channel.close();
      } catch (NoSuchFileException e) {
        return Optional.empty();
      } catch (IOException e) {
        throw failed(e);
      }
    }
  }

  /** In a file that has no name any more; the reader goes back and forth in it. */
  private Optional<Part> openCompressed(Path path) {
    Optional<Object> key = key(path);
    if (key.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream in = new GZIPInputStream(Files.newInputStream(path), BLOCK)) {
      Path plain = Files.createTempFile("berth-", ".log");
      try {
        Files.copy(in, plain, StandardCopyOption.REPLACE_EXISTING);
        return Optional.of(new Part(FileChannel.open(plain, StandardOpenOption.READ), key.get()));
      } finally {
        Files.delete(plain);
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private Optional<Object> key(Path path) {
    try {
      return Optional.of(Files.readAttributes(path, BasicFileAttributes.class).fileKey());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /**
   * @param position where the last lines begin
   * @param lines how many they are
   */
  private record Tail(long position, long lines) {}

  private Tail tail(FileChannel channel, long wanted) {
    try {
      byte[] block = new byte[BLOCK];
      long lines = 0;
      for (long end = channel.size(); end > 0; ) {
        int size = (int) Math.min(BLOCK, end);
        ByteBuffer into = ByteBuffer.wrap(block, 0, size);
        while (into.hasRemaining() && channel.read(into, end - size + into.position()) >= 0) {
          // A file that is being written to is only longer, never shorter.
        }
        for (int i = size - 1; i >= 0; i--) {
          // The newline of the line before the last ones.
          if (block[i] == '\n' && lines++ == wanted) {
            return new Tail(end - size + i + 1, wanted);
          }
        }
        end -= size;
      }
      return new Tail(0, lines);
    } catch (IOException e) {
      throw failed(e);
    }
  }

  private StorageException failed(IOException e) {
    return new StorageException("Cannot read " + file + ": " + e, e);
  }

  private static void close(Part part) {
    try {
      part.channel().close();
    } catch (IOException e) {
      // It was only read.
    }
  }

  @Override
  public void close() {
    parts.forEach(RotatedLines::close);
    parts.clear();
  }
}
