package io.berth.volume;

import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.api.Volume;
import io.berth.api.VolumeRequest;
import io.berth.api.Volumes;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import io.berth.event.EventLog;
import io.berth.internal.AtomicFile;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import io.berth.linux.FileLock;
import io.berth.volume.VolumeDriver.Kept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The volumes of a data directory, shared by all processes that use it.
 *
 * <pre>
 * volumes/NAME/volume.json  what was asked for: driver, labels, options
 * volumes/NAME/_data        a local volume's files
 * volumes/.lock             held by whoever makes or removes one
 * </pre>
 *
 * <p>Who uses a volume is read from the containers each time, so no count can be wrong. A container
 * is on disk before its volumes are made, and they are made under the lock, so none is removed
 * between.
 */
public final class DefaultVolumes implements Volumes {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
  private static final String RECORD = "volume.json";

  private final Path directory;
  private final VolumeDrivers drivers;
  private final Function<String, List<String>> users;
  private final EventLog events;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param directory the engine's {@code volumes}
   * @param users tells the ids of the containers that have a volume
   */
  public DefaultVolumes(
      Path directory,
      VolumeDrivers drivers,
      Function<String, List<String>> users,
      EventLog events,
      Clock clock) {
    this.directory = directory;
    this.drivers = drivers;
    this.users = users;
    this.events = events;
    this.clock = clock;
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new StorageException("Cannot make " + directory + ": " + e, e);
    }
    removeLeftovers();
  }

  /** Removes what a process that was killed has made or removed only half of. */
  private void removeLeftovers() {
    if (drivers.local().hasLeftovers(RECORD)) {
      exclusively(
          () -> {
            drivers.local().removeLeftovers(RECORD);
            return true;
          });
    }
  }

  @Override
  public VolumeRequest create(String name) {
    return new DefaultVolumeRequest(this, name);
  }

  /** A name for a volume that was given none. */
  public String newName() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  static void checkName(String name) {
    if (name.length() == 1) {
      throw new InvalidInputException(
          "create "
              + name
              + ": volume name is too short, names should be at least two alphanumeric characters");
    }
    if (!NAME.matcher(name).matches()) {
      throw new InvalidInputException(
          "create "
              + name
              + ": \""
              + name
              + "\" includes invalid characters for a local volume name, only"
              + " \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host"
              + " directory, use absolute path");
    }
  }

  /** Makes a volume, or gives the one that is there. */
  public Volume ensure(
      String name,
      Optional<String> driver,
      Map<String, String> options,
      Map<String, String> labels) {
    checkName(name);
    return exclusively(
        () -> {
          Optional<Volume> there = find(name);
          if (there.isPresent()) {
            if (driver.isPresent() && !driver.get().equals(there.get().driver())) {
              throw new ConflictException(
                  "create "
                      + name
                      + ": conflict: volume name must be unique: a volume of this name with driver "
                      + there.get().driver()
                      + " is there; choose another name");
            }
            return there.get();
          }
          return make(name, driver.orElse(LocalDriver.NAME), options, labels);
        });
  }

  private Volume make(
      String name, String driver, Map<String, String> options, Map<String, String> labels) {
    VolumeDriver keeper = drivers.get(driver);
    try {
      keeper.create(name, options);
    } catch (InvalidInputException e) {
      throw new InvalidInputException("create " + name + ": " + e.getMessage(), e);
    }
    byte[] json =
        new JsonWriter()
            .put("driver", driver)
            .put("created", clock.instant())
            .strings("labels", new TreeMap<>(labels))
            .strings("options", new TreeMap<>(options))
            .toBytes();
    AtomicFile.write(record(name), json);
    Volume volume = read(name, json);
    events.append("volume", "create", name, Map.of("driver", driver));
    return volume;
  }

  private Path record(String name) {
    return directory.resolve(name).resolve(RECORD);
  }

  private Volume read(String name, byte[] bytes) {
    JsonReader json = Json.parse("volume " + name, bytes);
    String driver = json.string("driver");
    return new Volume(
        name,
        driver,
        driver.equals(LocalDriver.NAME) ? drivers.local().data(name).toString() : "",
        json.at("created").instant(),
        json.stringMap("labels"),
        json.stringMap("options"));
  }

  @Override
  public List<Volume> list() {
    Map<String, Volume> all = new TreeMap<>();
    try (Stream<Path> volumes = Files.list(directory)) {
      volumes
          .map(path -> path.getFileName().toString())
          .filter(name -> NAME.matcher(name).matches())
          .forEach(name -> recorded(name).ifPresent(volume -> all.put(name, volume)));
    } catch (IOException e) {
      throw new StorageException("Cannot list " + directory + ": " + e, e);
    }
    for (String driver : plugins()) {
      try {
        drivers
            .get(driver)
            .list()
            .forEach(kept -> all.putIfAbsent(kept.name(), foreign(driver, kept)));
      } catch (BerthException e) {
        // A plugin that does not answer hides its own volumes only.
      }
    }
    return List.copyOf(all.values());
  }

  private Optional<Volume> recorded(String name) {
    return AtomicFile.read(record(name)).map(bytes -> read(name, bytes));
  }

  /** The drivers whose volumes others may make; a local one that has no record is half made. */
  private List<String> plugins() {
    return drivers.names().stream().filter(name -> !name.equals(LocalDriver.NAME)).toList();
  }

  /** A volume that a driver has and that was not made here. */
  private static Volume foreign(String driver, Kept kept) {
    return new Volume(
        kept.name(),
        driver,
        kept.mountpoint().map(Path::toString).orElse(""),
        Instant.EPOCH,
        Map.of(),
        Map.of());
  }

  @Override
  public Optional<Volume> find(String name) {
    if (!NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    return recorded(name).or(() -> unrecorded(name));
  }

  private Optional<Volume> unrecorded(String name) {
    for (String driver : plugins()) {
      try {
        Optional<Kept> kept = drivers.get(driver).find(name);
        if (kept.isPresent()) {
          return kept.map(each -> foreign(driver, each));
        }
      } catch (BerthException e) {
        // A plugin that does not answer hides its own volumes only.
      }
    }
    return Optional.empty();
  }

  @Override
  public Volume get(String name) {
    return find(name)
        .orElseThrow(
            () -> new NotFoundException("get " + name + ": no such volume (list() shows them)"));
  }

  @Override
  public List<String> users(String name) {
    return users.apply(name);
  }

  @Override
  public Optional<Long> size(String name) {
    Volume volume = get(name);
    return volume.driver().equals(LocalDriver.NAME) && drivers.local().isPlain(name)
        ? Optional.of(drivers.local().usage(name))
        : Optional.empty();
  }

  @Override
  public void remove(String name, boolean force) {
    exclusively(
        () -> {
          Optional<Volume> volume = find(name);
          if (volume.isEmpty() && !force) {
            throw new NotFoundException("get " + name + ": no such volume (list() shows them)");
          }
          volume.ifPresent(this::removeLocked);
          return true;
        });
  }

  private void removeLocked(Volume volume) {
    String name = volume.name();
    List<String> ids = users.apply(name);
    if (!ids.isEmpty()) {
      throw new ConflictException("remove " + name + ": volume is in use - " + ids);
    }
    drivers.get(volume.driver()).remove(name);
    AtomicFile.delete(record(name));
    if (!volume.driver().equals(LocalDriver.NAME)) {
      AtomicFile.delete(directory.resolve(name));
    }
    events.append("volume", "destroy", name, Map.of("driver", volume.driver()));
  }

  /** Removes volumes that were made for a container, unless another has them. */
  public void removeUnused(List<String> names) {
    for (String name : names) {
      try {
        remove(name, true);
      } catch (ConflictException e) {
        // Another container got it by --volumes-from.
      }
    }
  }

  @Override
  public Pruned prune(boolean all, PruneFilter filter) {
    List<String> removed = new ArrayList<>();
    long[] bytes = {0};
    for (Volume volume : list()) {
      boolean wanted =
          volume.driver().equals(LocalDriver.NAME)
              && (all || volume.isAnonymous())
              && filter.allows(volume.created(), volume.labels());
      if (!wanted || !users.apply(volume.name()).isEmpty()) {
        continue;
      }
      long size = size(volume.name()).orElse(0L);
      try {
        remove(volume.name(), false);
        removed.add(volume.name());
        bytes[0] += size;
      } catch (ConflictException | NotFoundException e) {
        // A container has taken it, or another process removed it, in this moment.
      }
    }
    events.append("volume", "prune", "", Map.of("reclaimed", Long.toString(bytes[0])));
    return new Pruned(removed, bytes[0]);
  }

  /** Makes a volume available as a directory, for a container. */
  public Path mount(String driver, String name, String container) {
    return drivers.get(driver).mount(name, container);
  }

  public void unmount(String driver, String name, String container) {
    drivers.get(driver).unmount(name, container);
  }

  /** Whether a volume is a directory without anything to be mounted on it. */
  public boolean isPlain(String driver, String name) {
    return driver.equals(LocalDriver.NAME) && drivers.local().isPlain(name);
  }

  @SuppressWarnings("try") // the lock is held, not used
  private <T> T exclusively(Supplier<T> work) {
    try (FileLock lock = FileLock.exclusive(directory.resolve(".lock"))) {
      return work.get();
    }
  }
}
