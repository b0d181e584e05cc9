package io.berth.layers;

import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import io.berth.linux.Names;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the index keeps of a snapshot, one small JSON file each.
 *
 * @param number its directory
 * @param parent the key of the committed snapshot under it
 * @param base the directory of an earlier snapshot, if what that has changed is part of this one's
 *     own changes
 * @param below the directories under it, topmost first: all that a mount needs, in one read
 */
record SnapshotRecord(
    String key,
    int number,
    Optional<String> parent,
    Optional<Integer> base,
    List<Integer> below,
    boolean committed) {
  SnapshotRecord {
    below = List.copyOf(below);
  }

  /** An active snapshot that begins empty. */
  static SnapshotRecord active(
      String key, int number, Optional<String> parent, List<Integer> below) {
    return new SnapshotRecord(key, number, parent, Optional.empty(), below, false);
  }

  SnapshotRecord on(Optional<Integer> earlier) {
    return new SnapshotRecord(key, number, parent, earlier, below, committed);
  }

  SnapshotRecord committedAs(String name) {
    return new SnapshotRecord(name, number, parent, base, below, true);
  }

  /** The directories that hold its own changes, topmost first. */
  List<Integer> own() {
    return Stream.concat(Stream.of(number), base.stream()).toList();
  }

  /** The base, if there is one, and all that is below. */
  List<Integer> under() {
    return Stream.concat(base.stream(), below.stream()).toList();
  }

  /** All its directories, topmost first: what is below of one that rests on it. */
  List<Integer> all() {
    return Stream.concat(own().stream(), below.stream()).toList();
  }

  SnapshotInfo info() {
    return new SnapshotInfo(key, parent, committed);
  }

  byte[] toBytes() {
    return new JsonWriter()
        .put("key", key)
        .put("number", number)
        .put("parent", parent)
        .put("base", base.map(String::valueOf))
        .strings("below", below.stream().map(String::valueOf).toList())
        .flag("committed", committed)
        .toBytes();
  }

  static SnapshotRecord parse(String what, byte[] bytes) {
    JsonReader json = Json.parse("snapshot " + what, bytes);
    return new SnapshotRecord(
        json.string("key"),
        Math.toIntExact(json.integer("number")),
        json.optionalString("parent"),
        json.optionalString("base").map(Integer::valueOf),
        json.strings("below").stream().map(Integer::valueOf).toList(),
        json.flag("committed"));
  }

  /** A file name for a key: readable where it can be, never with a slash, never too long. */
  static String fileName(String key) {
    StringBuilder name = new StringBuilder("k");
    for (byte b : Names.encode(key)) {
      boolean plain =
          b >= 'a' && b <= 'z'
              || b >= 'A' && b <= 'Z'
              || b >= '0' && b <= '9'
              || ":-_.".indexOf(b) >= 0;
      if (plain) {
        name.append((char) b);
      } else {
        name.append(String.format("%%%02x", b));
      }
    }
    return name.length() <= 200
        ? name.toString()
        : "h" + io.berth.oci.Digest.sha256(Names.encode(key)).hex();
  }

  /** Numbers that occur in some records. */
  static TreeSet<Integer> numbers(List<SnapshotRecord> records) {
    TreeSet<Integer> numbers = new TreeSet<>();
    records.forEach(each -> numbers.add(each.number()));
    return numbers;
  }
}
