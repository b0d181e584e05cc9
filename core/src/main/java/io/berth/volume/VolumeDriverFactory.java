package io.berth.volume;

import java.nio.file.Path;

/**
 * Opens a volume driver; found by {@link java.util.ServiceLoader}.
 *
 * <pre>{@code
 * public final class SnapshotDrivers implements VolumeDriverFactory {
 *   public String name() { return "snap"; }
 *   public VolumeDriver open(Path directory) { return new SnapshotDriver(directory); }
 * }
 * }</pre>
 */
public interface VolumeDriverFactory {

  /** What the driver is called in {@code --driver}. */
  String name();

  /**
   * Opens it for an engine.
   *
   * @param directory for the driver alone, in the engine's data directory; it need not be there yet
   */
  VolumeDriver open(Path directory);
}
