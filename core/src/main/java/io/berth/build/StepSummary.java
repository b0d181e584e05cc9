package io.berth.build;

import io.berth.error.StorageException;
import io.berth.linux.FileStatus;
import io.berth.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the files of one directory of steps say, in one file beside them: another process need not
 * read a hundred thousand small ones. A help and nothing more: what is absent, damaged or older
 * than a step's file costs reading that.
 */
final class StepSummary {
  private static final String NAME = ".summary";
  private static final int MAGIC = 0x42535301;
  private static final int KEY = 32;
  private static final String ALGORITHM = Digest.SHA256 + ":";
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern SNAPSHOT = Pattern.compile(ALGORITHM + HEX);

  private StepSummary() {}

  /** What is known of a file, as long as it is the same. */
  record Known(long inode, Instant modified, Optional<String> snapshot) {
    boolean isStill(FileStatus status) {
      return inode == status.inode() && modified.equals(status.mtime());
    }
  }

  static Map<String, Known> read(Path directory) {
    Optional<DataInputStream> kept = SummedFile.read(directory.resolve(NAME));
    if (kept.isEmpty()) {
      return Map.of();
    }
    Map<String, Known> known = new HashMap<>();
    try (DataInputStream in = kept.get()) {
      if (in.readInt() != MAGIC) {
        return Map.of();
      }
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        String name = hex(in);
        long inode = in.readLong();
        Instant modified = Instant.ofEpochSecond(in.readLong(), in.readInt());
        Optional<String> snapshot =
            in.readBoolean() ? Optional.of(ALGORITHM + hex(in)) : Optional.empty();
        known.put(name, new Known(inode, modified, snapshot));
      }
      return known;
    } catch (IOException e) {
      return Map.of();
    }
  }

  private static String hex(DataInputStream in) throws IOException {
    byte[] bytes = new byte[KEY];
    in.readFully(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  static void write(Path directory, Map<String, Known> known) {
    Map<String, Known> kept = new HashMap<>(known);
    kept.entrySet().removeIf(step -> !fits(step.getKey(), step.getValue()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeInt(kept.size());
      for (Map.Entry<String, Known> entry : kept.entrySet()) {
        Known step = entry.getValue();
        out.write(HexFormat.of().parseHex(entry.getKey()));
        out.writeLong(step.inode());
        out.writeLong(step.modified().getEpochSecond());
        out.writeInt(step.modified().getNano());
        out.writeBoolean(step.snapshot().isPresent());
        if (step.snapshot().isPresent()) {
          out.write(HexFormat.of().parseHex(step.snapshot().get().substring(ALGORITHM.length())));
        }
      }
      SummedFile.write(directory.resolve(NAME), bytes.toByteArray());
    } catch (IOException | StorageException e) {
      // A full disk, or rights to read alone: the next one reads the files again.
    }
  }

  private static boolean fits(String name, Known step) {
    return HEX.matcher(name).matches()
        && step.snapshot().map(s -> SNAPSHOT.matcher(s).matches()).orElse(true);
  }
}
