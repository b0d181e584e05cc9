package io.berth.testcontainers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A file with the classes of a class path as the JVM has them in memory, parsed and verified
 * ("class data sharing"). The first process with the class path writes it at its end; later ones
 * start in half of the time. The JVM checks that it is of the same release and jars.
 */
final class ClassArchive {
  private static final String NAME = "classes-";
  private static final String ENDING = ".jsa";
  private static final int KEPT = 6;

  /** The name appears only with the whole content. Ctrl-C, which is for the tests, ends it not. */
  private static final String RECORD =
      """
      trap : INT TERM HUP
      file=$1 new=$1.$$ java=$2
      shift 2
      "$java" -XX:ArchiveClassesAtExit="$new" "$@" && mv "$new" "$file" || rm -f "$new"
      """;

  private final Path file;

  private ClassArchive(Path file) {
    this.file = file;
  }

  /**
   * The archive of a class path; empty when there can be none: only jars have one, in a directory
   * that nobody else can write.
   */
  static Optional<ClassArchive> of(List<Path> classPath, Path caches) {
    StringBuilder key = new StringBuilder(System.getProperty("java.vm.version"));
    key.append(System.getProperty("java.home"));
    try {
      for (Path jar : classPath) {
        if (!Files.isRegularFile(jar)) {
          return Optional.empty();
        }
        key.append('\n').append(jar).append(Files.size(jar)).append(Files.getLastModifiedTime(jar));
      }
      Path directory = caches.resolve("berth");
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(caches);
        Files.createDirectory(
            directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      UUID name = UUID.nameUUIDFromBytes(key.toString().getBytes(StandardCharsets.UTF_8));
      return isOurs(directory)
          ? Optional.of(new ClassArchive(directory.resolve(NAME + name + ENDING)))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** What is in it becomes code, so it must have been put there by this user. */
  private static boolean isOurs(Path directory) throws IOException {
    int mode = (int) Files.getAttribute(directory, "unix:mode");
    return (mode & 022) == 0
        && Files.getAttribute(directory, "unix:uid")
            .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  /**
   * The beginning of a command that starts a JVM with it, up to the JVM's other options; the JVM
   * writes it when it is not there yet.
   */
  List<String> use(Path java) {
    if (isThere()) {
      return new ArrayList<>(List.of(java.toString(), "-XX:SharedArchiveFile=" + file));
    }
    removeOld();
    return new ArrayList<>(
        List.of("/bin/sh", "-c", RECORD, "berth-classes", file.toString(), java.toString()));
  }

  boolean isThere() {
    return Files.exists(file);
  }

  private void removeOld() {
    try (Stream<Path> all = Files.list(file.getParent())) {
      all.filter(f -> f.getFileName().toString().startsWith(NAME))
          .sorted(Comparator.comparing(ClassArchive::written).reversed())
          .skip(KEPT)
          .forEach(f -> f.toFile().delete());
    } catch (IOException e) {
      // The next one removes them.
    }
  }

  private static FileTime written(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }
}
