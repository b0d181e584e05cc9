package io.berth.layers;

import io.berth.error.StorageException;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.OpenFlags;
import io.berth.oci.Digest;
import io.berth.oci.Digester;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which blobs a power cut could still tear. Waiting for the disk would double the time of a pull,
 * and the kernel writes on its own within half a minute; so what is published gets a note, {@code
 * blobs/unsynced/BOOT/sha256-HEX}, that goes once it is surely on the disk. A note of an earlier
 * boot says that its blob has to be verified before it is used.
 */
final class Unsynced {
  private static final Logger LOG = LoggerFactory.getLogger(Unsynced.class);
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

  /** By then the kernel has written, so that there is little to wait for. */
  private static final Duration WRITTEN = Duration.ofSeconds(40);

  private final Path directory;
  private final Path blobs;
  private final String boot;
  private volatile Instant settled = Instant.EPOCH;

  Unsynced(Path blobs, String boot) {
    this.blobs = blobs;
    this.directory = blobs.resolve("unsynced");
    this.boot = boot;
  }

  /** What the kernel calls the time since the machine started; empty where it does not tell. */
  static Optional<String> currentBoot() {
    try {
      return Optional.of(Files.readString(BOOT).strip()).filter(id -> !id.isEmpty());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** To be called before a blob gets its name. */
  void note(Digest digest) {
    Path note = of(digest);
    try {
      create(note);
    } catch (FileAlreadyExistsException e) {
      touch(note); // of a blob that was removed meanwhile
    } catch (IOException e) {
      throw new StorageException("Cannot write " + note + ": " + e.getMessage(), e);
    }
  }

  private Path of(Digest digest) {
    return directory.resolve(boot).resolve(digest.algorithm() + "-" + digest.hex());
  }

  /** To be called when a blob was removed. */
  void forget(Digest digest) throws IOException {
    Files.deleteIfExists(of(digest));
  }

  private static void create(Path note) throws IOException {
    try {
      Files.createFile(note);
    } catch (NoSuchFileException e) {
      Files.createDirectories(note.getParent());
      Files.createFile(note);
    }
  }

  private static void touch(Path note) {
    try {
      Files.setLastModifiedTime(note, FileTime.from(Instant.now()));
    } catch (IOException e) {
      throw new StorageException("Cannot write " + note + ": " + e.getMessage(), e);
    }
  }

  /** Does away with old notes, now and then. */
  void settleOld() {
    Instant now = Instant.now();
    if (settled.plus(WRITTEN).isBefore(now)) {
      settled = now;
      settle(now.minus(WRITTEN));
    }
  }

  /** Syncs the blobs of this boot that were published before some time. */
  void settle(Instant before) {
    try (DirectoryStream<Path> notes = Files.newDirectoryStream(directory.resolve(boot))) {
      for (Path note : notes) {
        if (Files.getLastModifiedTime(note).toInstant().isBefore(before)) {
          FileCalls.openIfPresent(Fd.CWD, blob(note).toString(), OpenFlags.RDONLY, 0)
              .ifPresent(Unsynced::sync);
          Files.deleteIfExists(note);
        }
      }
    } catch (NoSuchFileException e) {
      // Nothing was published, or another process was faster.
    } catch (IOException e) {
      throw new StorageException("Cannot clear " + directory + ": " + e.getMessage(), e);
    }
  }

  private static void sync(Fd blob) {
    try (blob) {
      FileIo.sync(blob);
    }
  }

  /** Removes what power cuts have torn. */
  void recover() {
    try (DirectoryStream<Path> boots = Files.newDirectoryStream(directory)) {
      for (Path each : boots) {
        if (!each.getFileName().toString().equals(boot)) {
          recover(each);
        }
      }
    } catch (NoSuchFileException e) {
      // Nothing was ever published.
    } catch (IOException e) {
      throw new StorageException("Cannot clear " + directory + ": " + e.getMessage(), e);
    }
  }

  private void recover(Path earlier) throws IOException {
    try (DirectoryStream<Path> notes = Files.newDirectoryStream(earlier)) {
      for (Path note : notes) {
        Path blob = blob(note);
        if (Files.exists(blob) && !isWhole(blob)) {
          LOG.warn(
              "A power cut has torn {}, which is removed; pull or build its image again", blob);
          Files.deleteIfExists(blob);
        }
        Files.deleteIfExists(note);
      }
    } catch (NoSuchFileException e) {
      return; // another process was faster
    }
    Files.deleteIfExists(earlier);
  }

  private Path blob(Path note) {
    return blobs.resolve(note.getFileName().toString().replaceFirst("-", "/"));
  }

  private static boolean isWhole(Path blob) throws IOException {
    Digest named =
        new Digest(blob.getParent().getFileName().toString(), blob.getFileName().toString());
    Digester digester = named.digester();
    byte[] buffer = new byte[128 << 10];
    try (InputStream in = Files.newInputStream(blob)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digester.update(buffer, 0, n);
      }
    }
    return digester.digest().equals(named);
  }
}
