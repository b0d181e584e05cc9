package io.berth.examples;

import io.berth.error.InvalidInputException;
import io.berth.volume.VolumeDriver;
import io.berth.volume.VolumeDriverFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A volume driver to copy: it keeps volumes as directories, and a copy of each as it was when the
 * last container let go of it. Found through {@code
 * META-INF/services/io.berth.volume.VolumeDriverFactory}:
 *
 * <pre>{@code
 * berth.volumes().create("data").driver("backup").option("keep", "3").execute();
 * }</pre>
 */
public final class BackupVolumes implements VolumeDriverFactory {
  @Override
  public String name() {
    return "backup";
  }

  @Override
  public VolumeDriver open(Path directory) {
    return new Driver(directory);
  }

  private record Driver(Path directory) implements VolumeDriver {
    private Path data(String name) {
      return directory.resolve(name).resolve("data");
    }

    private Path copies(String name) {
      return directory.resolve(name).resolve("copies");
    }

    @Override
    public void create(String name, Map<String, String> options) {
      String keep = options.getOrDefault("keep", "1");
      if (!options.keySet().stream().allMatch("keep"::equals) || !keep.matches("[1-9]")) {
        throw new InvalidInputException("The driver backup has the option keep, 1 to 9");
      }
      io(
          () -> {
            Files.createDirectories(data(name));
            Files.createDirectories(copies(name));
            return Files.writeString(directory.resolve(name).resolve("keep"), keep);
          });
    }

    @Override
    public void remove(String name) {
      delete(directory.resolve(name));
    }

    @Override
    public Path mount(String name, String user) {
      return data(name);
    }

    @Override
    public void unmount(String name, String user) {
      if (!Files.isDirectory(copies(name))) {
        return;
      }
      int keep =
          Integer.parseInt(io(() -> Files.readString(directory.resolve(name).resolve("keep"))));
      delete(copies(name).resolve(Integer.toString(keep)));
      for (int i = keep - 1; i >= 1; i--) {
        Path from = copies(name).resolve(Integer.toString(i));
        Path to = copies(name).resolve(Integer.toString(i + 1));
        if (Files.exists(from)) {
          io(() -> Files.move(from, to));
        }
      }
      copy(data(name), copies(name).resolve("1"));
    }

    @Override
    public Optional<Kept> find(String name) {
      return Files.isDirectory(data(name))
          ? Optional.of(new Kept(name, Optional.of(data(name))))
          : Optional.empty();
    }

    @Override
    public List<Kept> list() {
      try (Stream<Path> all = Files.list(directory)) {
        return all.map(path -> find(path.getFileName().toString()))
            .flatMap(Optional::stream)
            .toList();
      } catch (NoSuchFileException e) {
        return List.of();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void copy(Path from, Path to) {
    for (Path path : walk(from)) {
      io(() -> Files.copy(path, to.resolve(from.relativize(path).toString())));
    }
  }

  private static void delete(Path directory) {
    if (Files.exists(directory)) {
      walk(directory).stream()
          .sorted(Comparator.reverseOrder())
          .forEach(path -> io(() -> Files.deleteIfExists(path)));
    }
  }

  private static List<Path> walk(Path directory) {
    return io(
        () -> {
          try (Stream<Path> all = Files.walk(directory)) {
            return all.toList();
          }
        });
  }

  @FunctionalInterface
  private interface Work<T> {
    T run() throws IOException;
  }

  private static <T> T io(Work<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
