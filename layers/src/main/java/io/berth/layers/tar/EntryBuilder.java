package io.berth.layers.tar;

import io.berth.error.InvalidInputException;
import io.berth.layers.tar.PaxRecords.PaxRecord;
import io.berth.layers.tar.TarEntry.Segment;
import io.berth.linux.Names;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Puts an entry together from a header block and the extended headers before it. */
final class EntryBuilder {
  private static final String XATTR = "SCHILY.xattr.";
  private static final int MAX_NUMBER_LENGTH = 40;

  private final TarHeader header;
  private String name;
  private String linkName;
  private long uid;
  private long gid;
  private long storedSize;
  private Instant mtime;
  private final SortedMap<String, byte[]> xattrs = new TreeMap<>();
  private final List<Long> sparseNumbers = new ArrayList<>();
  private Optional<Long> realSize = Optional.empty();
  private Optional<String> sparseName = Optional.empty();
  private boolean sparse;
  private boolean mapInData;

  EntryBuilder(TarHeader header) {
    this.header = header;
    this.name = header.name();
    this.linkName = header.linkName();
    this.uid = header.uid();
    this.gid = header.gid();
    this.storedSize = header.size();
    this.mtime = Instant.ofEpochSecond(clampSeconds(header.mtime()));
  }

  EntryBuilder longNames(Optional<String> longName, Optional<String> longLink) {
    name = longName.orElse(name);
    linkName = longLink.orElse(linkName);
    return this;
  }

  EntryBuilder pax(PaxRecords pax) {
    for (PaxRecord record : pax.records()) {
      apply(record.key(), record.value());
    }
    return this;
  }

  private void apply(String key, byte[] value) {
    if (key.startsWith(XATTR)) {
      xattrs.put(key.substring(XATTR.length()), value);
      return;
    }
    boolean reset = value.length == 0;
    switch (key) {
      case "path" -> name = reset ? header.name() : text(key, value);
      case "linkpath" -> linkName = reset ? header.linkName() : text(key, value);
      case "uid" -> uid = reset ? header.uid() : number(key, value);
      case "gid" -> gid = reset ? header.gid() : number(key, value);
      case "size" -> storedSize = reset ? header.size() : number(key, value);
      case "mtime" ->
          mtime = reset ? Instant.ofEpochSecond(clampSeconds(header.mtime())) : time(value);
      case "GNU.sparse.name" -> sparseName = Optional.of(text(key, value));
      case "GNU.sparse.size", "GNU.sparse.realsize" -> {
        realSize = Optional.of(number(key, value));
        sparse = true;
      }
      case "GNU.sparse.major" -> mapInData = number(key, value) == 1;
      case "GNU.sparse.offset", "GNU.sparse.numbytes" -> addNumber(key, value);
      case "GNU.sparse.map" -> {
        for (String each : text(key, value).split(",", -1)) {
          addNumber(key, Names.encode(each));
        }
      }
      default -> {
        // atime, ctime, uname, comment and vendors' keys mean nothing for a layer.
      }
    }
  }

  private void addNumber(String key, byte[] value) {
    if (sparseNumbers.size() >= 2 * SparseMaps.MAX_SEGMENTS) {
      throw SparseMaps.broken(name, "is too long");
    }
    sparseNumbers.add(number(key, value));
  }

  /** The number of bytes after the header, with the map of a sparse file in format 1.0. */
  long storedSize() {
    return isLinkLike() ? 0 : storedSize;
  }

  /** Whether the content starts with the map of a sparse file. */
  boolean mapInData() {
    return sparse && mapInData;
  }

  String name() {
    return sparseName.orElse(name);
  }

  TarEntry build(TarType type) {
    if (!sparse) {
      return build(type, storedSize(), Optional.empty());
    }
    return build(type, SparseMaps.ofNumbers(name(), sparseNumbers), storedSize());
  }

  /** A sparse file whose map came from elsewhere than PAX records. */
  TarEntry build(TarType type, List<Segment> map, long stored) {
    long size = realSize.orElseThrow(() -> SparseMaps.broken(name(), "lacks the real size"));
    SparseMaps.check(name(), map, stored, size);
    return build(type, size, Optional.of(map));
  }

  EntryBuilder realSize(long size) {
    realSize = Optional.of(size);
    return this;
  }

  private TarEntry build(TarType type, long size, Optional<List<Segment>> map) {
    if (size < 0) {
      throw new InvalidInputException("Broken tar: entry " + name() + " has the size " + size);
    }
    boolean device = type == TarType.CHARACTER_DEVICE || type == TarType.BLOCK_DEVICE;
    boolean link = type == TarType.SYMLINK || type == TarType.HARD_LINK;
    return new TarEntry(
        type,
        name(),
        link ? linkName : "",
        header.mode(),
        uid,
        gid,
        type == TarType.REGULAR ? size : 0,
        mtime,
        device && header.hasDevice() ? header.devMajor() : 0,
        device && header.hasDevice() ? header.devMinor() : 0,
        xattrs,
        type == TarType.REGULAR ? map : Optional.empty());
  }

  /** Links, devices and directories have no content, whatever their size field says. */
  private boolean isLinkLike() {
    return header.flag() >= '1' && header.flag() <= '6';
  }

  private static String text(String key, byte[] value) {
    for (byte b : value) {
      if (b == 0) {
        throw new InvalidInputException("Broken tar: PAX record " + key + " holds a NUL");
      }
    }
    return Names.decode(value);
  }

  private static long number(String key, byte[] value) {
    try {
      return Long.parseLong(Names.decode(value));
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          "Broken tar: PAX record " + key + " is no number: " + Names.decode(value), e);
    }
  }

  private static Instant time(byte[] value) {
    String text = Names.decode(value);
    try {
      if (text.length() > MAX_NUMBER_LENGTH || !text.matches("-?[0-9]+(\\.[0-9]*)?")) {
        throw new NumberFormatException(text);
      }
      BigDecimal time = new BigDecimal(text.endsWith(".") ? text + "0" : text);
      BigDecimal seconds = time.setScale(0, RoundingMode.FLOOR);
      long nanos = time.subtract(seconds).movePointRight(9).longValue();
      return Instant.ofEpochSecond(clampSeconds(seconds.longValueExact()), nanos);
    } catch (ArithmeticException | NumberFormatException e) {
      throw new InvalidInputException("Broken tar: PAX record mtime is no time: " + text, e);
    }
  }

  /** Beyond what any file system keeps; Instant itself ends at 31556889864403199. */
  private static long clampSeconds(long seconds) {
    return Math.max(-(1L << 50), Math.min(1L << 50, seconds));
  }
}
