package io.berth.build;

import io.berth.error.InvalidInputException;
import io.berth.linux.FileType;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a COPY of many files has put below its destination.
 *
 * @param snapshot that holds it
 * @param below the snapshot that it was put on
 * @param fresh whether nothing on the way to the destination was there before
 * @param owner the owner that directories on the way to it got
 * @param items by their paths below the destination, parents first; the empty one is the
 *     destination itself, if it is a copy too
 */
record CopyTree(
    String snapshot,
    Optional<String> below,
    boolean fresh,
    Ownership.Ids owner,
    TreeMap<String, Item> items) {
  private static final int MAGIC = 0x42435401;

  /**
   * A file as it was written.
   *
   * @param content the digest of a regular file, the target of a symlink, else empty
   */
  record Item(FileType type, int mode, long uid, long gid, Instant modified, String content) {
    Item {
      Objects.requireNonNull(type, "type");
    }

    boolean isDirectory() {
      return type == FileType.DIRECTORY;
    }
  }

  byte[] toBytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(MAGIC);
    out.writeUTF(snapshot);
    out.writeUTF(below.orElse(""));
    out.writeBoolean(fresh);
    out.writeLong(owner.uid());
    out.writeLong(owner.gid());
    out.writeInt(items.size());
    for (Map.Entry<String, Item> each : items.entrySet()) {
      Item item = each.getValue();
      out.writeUTF(each.getKey());
      out.writeByte(item.type().ordinal());
      out.writeShort(item.mode());
      out.writeLong(item.uid());
      out.writeLong(item.gid());
      out.writeLong(item.modified().getEpochSecond());
      out.writeInt(item.modified().getNano());
      out.writeUTF(item.content());
    }
    return bytes.toByteArray();
  }

  /** Reads the beginning: the snapshot. */
  static String parseSnapshot(DataInputStream in) throws IOException {
    if (in.readInt() != MAGIC) {
      throw new InvalidInputException("not a list of copied files of this version");
    }
    return in.readUTF();
  }

  static CopyTree parse(DataInputStream in) throws IOException {
    String snapshot = parseSnapshot(in);
    Optional<String> below = Optional.of(in.readUTF()).filter(name -> !name.isEmpty());
    boolean fresh = in.readBoolean();
    Ownership.Ids owner = new Ownership.Ids(in.readLong(), in.readLong());
    TreeMap<String, Item> items = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      items.put(
          in.readUTF(),
          new Item(
              FileType.values()[in.readByte()],
              in.readShort(),
              in.readLong(),
              in.readLong(),
              Instant.ofEpochSecond(in.readLong(), in.readInt()),
              in.readUTF()));
    }
    return new CopyTree(snapshot, below, fresh, owner, items);
  }
}
