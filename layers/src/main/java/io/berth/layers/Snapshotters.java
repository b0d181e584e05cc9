package io.berth.layers;

import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.layers.RootMount.Flavor;
import io.berth.linux.FileLock;
import io.berth.linux.FileRights;
import io.berth.linux.Metadata;
import io.berth.linux.RootDir;
import io.berth.linux.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * Opens the snapshots of a data directory with the driver that works there.
 *
 * <pre>{@code
 * try (Snapshotter snapshots = Snapshotters.open(dataDirectory)) {
 *   RootMount root = snapshots.prepare("web", Optional.of(chainId));
 * }
 * }</pre>
 */
public final class Snapshotters {
  static final String PROBE = ".probe";
  private static final String DRIVER_FILE = "driver";

  private Snapshotters() {}

  /** The ways to keep snapshots. */
  public enum Driver {
    OVERLAY("overlay"),
    /** Overlayfs with {@code userxattr}: inside a user namespace. */
    OVERLAY_USERXATTR("overlay-userxattr"),
    /** The program fuse-overlayfs. */
    FUSE_OVERLAYFS("fuse-overlayfs"),
    COPY("copy");

    private final String text;

    Driver(String text) {
      this.text = text;
    }

    /** The driver of a name, as in configuration. */
    public static Driver parse(String name) {
      for (Driver each : values()) {
        if (each.text.equals(name)) {
          return each;
        }
      }
      throw new InvalidInputException(
          "No such snapshot driver: "
              + name
              + "; use overlay, overlay-userxattr, fuse-overlayfs or copy");
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * The best driver for a directory.
   *
   * @param reason why it is not overlay, when it is not
   */
  public record Choice(Driver driver, Optional<String> reason) {}

  /** Finds the best driver by really mounting an overlay and deleting a file in it. */
  public static Choice probe(Path directory) {
    return probe(directory, FileRights.direct());
  }

  /** The same with certain rights: overlayfs, else fuse-overlayfs, else copies. */
  public static Choice probe(Path directory, FileRights access) {
    Optional<String> trusted =
        access.isDirect() ? tryOverlay(directory, Flavor.TRUSTED, access) : Optional.of("");
    if (trusted.isEmpty()) {
      return new Choice(Driver.OVERLAY, Optional.empty());
    }
    Optional<String> user = tryOverlay(directory, Flavor.USERXATTR, access);
    if (user.isEmpty()) {
      return new Choice(Driver.OVERLAY_USERXATTR, access.isDirect() ? trusted : Optional.empty());
    }
    String why =
        "overlayfs does not work in "
            + directory
            + ": "
            + (access.isDirect() ? trusted.get() : user.get());
    Optional<String> fuse = tryOverlay(directory, Flavor.FUSE, access);
    return fuse.isEmpty()
        ? new Choice(Driver.FUSE_OVERLAYFS, Optional.of(why))
        : new Choice(
            Driver.COPY, Optional.of(why + "; neither does fuse-overlayfs: " + fuse.get()));
  }

  /** Opens the snapshots in {@code data/snapshots}, with the driver used so far or the best one. */
  public static Snapshotter open(Path data) {
    return open(data, FileRights.direct());
  }

  /** The same with certain rights. */
  public static Snapshotter open(Path data, FileRights access) {
    Path directory = makeDirectory(data);
    Driver driver = recorded(directory).orElseGet(() -> probe(directory, access).driver());
    return open(directory, driver, false, access);
  }

  /**
   * Opens the snapshots in {@code data/snapshots} with a certain driver.
   *
   * @throws ConflictException when they were made by another
   */
  public static Snapshotter open(Path data, Driver driver) {
    return open(data, driver, FileRights.direct());
  }

  /** The same with certain rights; in a user namespace {@code overlay} is the one that works. */
  public static Snapshotter open(Path data, Driver driver, FileRights access) {
    boolean inside = driver == Driver.OVERLAY && !access.isDirect();
    return open(makeDirectory(data), inside ? Driver.OVERLAY_USERXATTR : driver, true, access);
  }

  private static Snapshotter open(
      Path directory, Driver wanted, boolean forced, FileRights access) {
    Driver driver = record(directory, wanted);
    if (driver != wanted && forced) {
      throw new ConflictException(
          "The snapshots in "
              + directory
              + " were made by the driver "
              + driver
              + ", not "
              + wanted
              + "; use that, or another data directory");
    }
    return switch (driver) {
      case OVERLAY -> new OverlaySnapshotter(directory, Flavor.TRUSTED, access);
      case OVERLAY_USERXATTR -> new OverlaySnapshotter(directory, Flavor.USERXATTR, access);
      case FUSE_OVERLAYFS -> new OverlaySnapshotter(directory, Flavor.FUSE, access);
      case COPY -> new CopySnapshotter(directory, access);
    };
  }

  private static Path makeDirectory(Path data) {
    try {
      return Files.createDirectories(data.resolve("snapshots").toAbsolutePath());
    } catch (IOException e) {
      throw new StorageException("Cannot make " + data + "/snapshots: " + e.getMessage(), e);
    }
  }

  private static Optional<Driver> recorded(Path directory) {
    try {
      String text = Files.readString(directory.resolve(DRIVER_FILE)).strip();
      return Optional.of(Driver.parse(text));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StorageException("Cannot read the driver of " + directory, e);
    }
  }

  /** Records the driver unless another process was first; the driver that counts. */
  @SuppressWarnings("try") // the lock is held, not used
  private static Driver record(Path directory, Driver wanted) {
    Optional<Driver> before = recorded(directory);
    if (before.isPresent()) {
      return before.get();
    }
    try (FileLock lock = FileLock.exclusive(directory.resolve("lock"))) {
      if (recorded(directory).isEmpty()) {
        Path temporary = Files.writeString(directory.resolve(DRIVER_FILE + ".new"), wanted + "\n");
        Files.move(temporary, directory.resolve(DRIVER_FILE), StandardCopyOption.ATOMIC_MOVE);
      }
      return recorded(directory).orElseThrow();
    } catch (IOException e) {
      throw new StorageException("Cannot record the driver of " + directory, e);
    }
  }

  /** Why an overlay does not work here, or empty when it does. */
  private static Optional<String> tryOverlay(Path directory, Flavor flavor, FileRights access) {
    Path probe;
    try {
      probe = Files.createTempDirectory(directory, PROBE);
      for (String name : List.of("lower", "upper", "work")) {
        Files.createDirectory(probe.resolve(name));
      }
      Files.createFile(probe.resolve("lower/file"));
      Files.createDirectory(probe.resolve("lower/dir"));
    } catch (IOException e) {
      throw new StorageException("Cannot write to " + directory + ": " + e.getMessage(), e);
    }
    RootMount.Writable writable =
        new RootMount.Writable(probe.resolve("upper"), probe.resolve("work"));
    RootMount.Overlay overlay =
        new RootMount.Overlay(
            List.of(probe.resolve("lower")), Optional.of(writable), flavor, access);
    try (RootDir root = SnapshotViews.open(overlay)) {
      root.remove("/file");
      root.remove("/dir");
      root.makeDirectories("/dir", Metadata.of(0755, 0, 0)); // needs the opaque attribute
      return root.exists("/file") ? Optional.of("whiteouts have no effect") : Optional.empty();
    } catch (BerthException e) {
      return Optional.of(e.getMessage());
    } finally {
      Trees.remove(access, probe);
    }
  }
}
