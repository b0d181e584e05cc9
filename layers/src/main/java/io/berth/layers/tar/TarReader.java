package io.berth.layers.tar;

import io.berth.error.InvalidInputException;
import io.berth.layers.tar.TarEntry.Segment;
import io.berth.linux.Names;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a tar archive from front to back: ustar, PAX, GNU long names and all of GNU's sparse forms.
 *
 * <pre>{@code
 * TarReader tar = new TarReader(in);
 * for (Optional<TarEntry> e = tar.next(); e.isPresent(); e = tar.next()) {
 *   use(e.get(), tar.content());
 * }
 * }</pre>
 *
 * <p>Damaged archives give {@link InvalidInputException}. The input is read to its end, past the
 * archive's end mark, so that a digest of the input covers all of it. The stream is not closed.
 */
public final class TarReader {
  // Attributes may have 64 KiB each; beyond a few MiB a header is an attack on memory.
  private static final int MAX_HEADER = 4 << 20;

  private final TarInput in;
  private PaxRecords global = PaxRecords.NONE;
  private long remaining;
  private long padding;
  private Optional<TarEntry> current = Optional.empty();

  public TarReader(InputStream in) {
    this(in, false);
  }

  private TarReader(InputStream in, boolean skips) {
    this.in = new TarInput(in, skips);
  }

  /**
   * A reader for the table of contents of a file: content that is not asked for is skipped.
   *
   * @param in whose {@code skip} never goes beyond the end
   */
  public static TarReader skipping(InputStream in) {
    return new TarReader(in, true);
  }

  /** Where the content of the present entry is in the input, before any of it is read. */
  public long contentOffset() {
    return in.position();
  }

  /** The next entry, skipping what is left of the present one; empty at the end. */
  public Optional<TarEntry> next() throws IOException {
    PaxRecords pax = PaxRecords.NONE;
    Optional<String> longName = Optional.empty();
    Optional<String> longLink = Optional.empty();
    byte[] block = new byte[TarHeader.BLOCK];
    while (true) {
      skipRest();
      if (!in.readBlockOrEnd(block) || TarHeader.isZero(block)) {
        if (pax != PaxRecords.NONE || longName.isPresent() || longLink.isPresent()) {
          throw new InvalidInputException(
              "Broken tar: the archive ends after an extended header; it was cut short");
        }
        in.drain();
        current = Optional.empty();
        return current;
      }
      TarHeader header = new TarHeader(block);
      switch (header.flag()) {
        case 'x' -> pax = PaxRecords.parse(headerContent(header));
        case 'g' -> global = PaxRecords.parse(headerContent(header)).after(global);
        case 'L' -> longName = Optional.of(untilNul(headerContent(header)));
        case 'K' -> longLink = Optional.of(untilNul(headerContent(header)));
        default -> {
          EntryBuilder builder =
              new EntryBuilder(header).longNames(longName, longLink).pax(pax.after(global));
          current = Optional.of(begin(builder, header, block));
          return current;
        }
      }
    }
  }

  private TarEntry begin(EntryBuilder builder, TarHeader header, byte[] block) throws IOException {
    TarType type = type(header.flag(), builder.name());
    startContent(builder.storedSize());
    if (header.flag() == 'S') {
      return builder
          .realSize(header.number(483, 12))
          .build(type, oldGnuMap(builder.name(), block), remaining);
    }
    if (type == TarType.REGULAR && builder.mapInData()) {
      return builder.build(type, mapFromData(builder.name()), remaining);
    }
    return builder.build(type);
  }

  private List<Segment> oldGnuMap(String name, byte[] header) throws IOException {
    List<Segment> map = new ArrayList<>();
    SparseMaps.addOldGnu(map, header, 386, 4);
    boolean more = header[482] != 0;
    while (more) {
      byte[] block = new byte[TarHeader.BLOCK];
      in.readFully(block, 0, block.length);
      SparseMaps.addOldGnu(map, block, 0, 21);
      more = block[504] != 0;
      if (map.size() > SparseMaps.MAX_SEGMENTS) {
        throw SparseMaps.broken(name, "is too long");
      }
    }
    return map;
  }

  /** Format 1.0: decimal numbers, each on a line, count first, padded to a block. */
  private List<Segment> mapFromData(String name) throws IOException {
    byte[] block = new byte[TarHeader.BLOCK];
    int at = block.length;
    List<Long> numbers = new ArrayList<>();
    long wanted = 1;
    while (numbers.size() < wanted) {
      long value = 0;
      for (int digits = 0; ; digits++) {
        if (at == block.length) {
          if (readFully(block) < block.length) {
            throw SparseMaps.broken(name, "ends early");
          }
          at = 0;
        }
        byte b = block[at++];
        if (b == '\n' && digits > 0) {
          break;
        }
        if (b < '0' || b > '9' || digits > 18) {
          throw SparseMaps.broken(name, "is no list of numbers");
        }
        value = value * 10 + b - '0';
      }
      numbers.add(value);
      if (numbers.size() == 1) {
        if (value > SparseMaps.MAX_SEGMENTS) {
          throw SparseMaps.broken(name, "is too long");
        }
        wanted = 1 + 2 * value;
      }
    }
    return SparseMaps.ofNumbers(name, numbers.subList(1, numbers.size()));
  }

  private int readFully(byte[] block) throws IOException {
    int done = 0;
    for (int n; done < block.length; done += n) {
      n = read(block, done, block.length - done);
      if (n < 0) {
        break;
      }
    }
    return done;
  }

  /**
   * Reads stored content of the present entry: the segments of a sparse file one after the other.
   *
   * @return the number of bytes, or -1 at the end of the entry
   */
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (remaining == 0) {
      return -1;
    }
    int n = in.read(buffer, offset, (int) Math.min(length, remaining));
    remaining -= n;
    return n;
  }

  /** The content of the present entry with its holes as zeros; valid until {@link #next()}. */
  public InputStream content() {
    TarEntry entry =
        current.orElseThrow(() -> new IllegalStateException("there is no present entry"));
    return new ContentStream(this, entry);
  }

  private byte[] headerContent(TarHeader header) throws IOException {
    long size = header.size();
    if (size < 0 || size > MAX_HEADER) {
      throw new InvalidInputException(
          "Broken tar: an extended header of " + size + " bytes; at most " + MAX_HEADER);
    }
    startContent(size);
    byte[] content = new byte[(int) size];
    in.readFully(content, 0, content.length);
    remaining = 0;
    return content;
  }

  private void startContent(long size) {
    if (size < 0) {
      throw new InvalidInputException("Broken tar: an entry has the size " + size);
    }
    remaining = size;
    padding = -size & TarHeader.BLOCK - 1;
  }

  private void skipRest() throws IOException {
    in.skipFully(remaining);
    remaining = 0;
    in.skipUpTo(padding);
    padding = 0;
  }

  private static String untilNul(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return Names.decode(bytes, 0, end);
  }

  private static TarType type(char flag, String name) {
    return switch (flag) {
      // Archives from before 1988 mark a directory by its slash only.
      case '0', 0 -> name.endsWith("/") ? TarType.DIRECTORY : TarType.REGULAR;
      case '7', 'S' -> TarType.REGULAR;
      case '1' -> TarType.HARD_LINK;
      case '2' -> TarType.SYMLINK;
      case '3' -> TarType.CHARACTER_DEVICE;
      case '4' -> TarType.BLOCK_DEVICE;
      case '5' -> TarType.DIRECTORY;
      case '6' -> TarType.FIFO;
      default ->
          throw new InvalidInputException(
              "Tar entry "
                  + name
                  + " has the type '"
                  + flag
                  + "'; files, links, directories, devices and FIFOs are supported");
    };
  }
}
