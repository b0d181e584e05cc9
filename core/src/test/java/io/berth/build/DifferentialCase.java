package io.berth.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** One of the cases of {@code differential.txt}, which says what its lines mean. */
record DifferentialCase(
    String name,
    Set<String> needs,
    Map<String, String> args,
    Optional<String> target,
    List<Entry> entries) {

  /** A file, link or directory of the context. */
  record Entry(String kind, String path, String content, int mode) {}

  static List<DifferentialCase> all() {
    List<DifferentialCase> all = new ArrayList<>();
    for (String text : read().split("(?m)^=== ")) {
      if (!text.startsWith("#")) {
        all.add(parse(text));
      }
    }
    return all;
  }

  private static String read() {
    try (InputStream in = DifferentialCase.class.getResourceAsStream("differential.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static DifferentialCase parse(String text) {
    String[] parts = text.split("(?m)^--- ");
    List<String> head = List.of(parts[0].strip().split(" "));
    Map<String, String> args = new LinkedHashMap<>();
    Optional<String> target = Optional.empty();
    List<Entry> entries = new ArrayList<>();
    for (String part : Arrays.asList(parts).subList(1, parts.length)) {
      int end = part.indexOf('\n');
      String line = part.substring(0, end);
      String content = part.substring(end + 1);
      int space = line.indexOf(' ');
      String kind = space < 0 ? line : line.substring(0, space);
      String rest = space < 0 ? "" : line.substring(space + 1);
      switch (kind) {
        case "arg" ->
            args.put(rest.substring(0, rest.indexOf('=')), rest.substring(rest.indexOf('=') + 1));
        case "target" -> target = Optional.of(rest);
        case "Dockerfile" -> entries.add(new Entry("file", "Dockerfile", content, 0644));
        case "link" -> {
          int split = rest.indexOf(' ');
          entries.add(new Entry("link", rest.substring(0, split), rest.substring(split + 1), 0777));
        }
        default -> {
          boolean moded = rest.matches(".* [0-7]{3,4}");
          int split = moded ? rest.lastIndexOf(' ') : rest.length();
          int mode =
              moded
                  ? Integer.parseInt(rest.substring(split + 1), 8)
                  : kind.equals("dir") ? 0755 : 0644;
          entries.add(new Entry(kind, rest.substring(0, split), content, mode));
        }
      }
    }
    return new DifferentialCase(
        head.get(0), Set.copyOf(head.subList(1, head.size())), args, target, entries);
  }

  /** Writes the context. */
  Path writeTo(Path directory) throws IOException {
    Files.createDirectories(directory);
    for (Entry entry : entries) {
      Path path = directory.resolve(entry.path());
      Files.createDirectories(path.getParent());
      switch (entry.kind()) {
        case "link" -> Files.createSymbolicLink(path, Path.of(entry.content()));
        case "dir" -> setMode(Files.createDirectories(path), entry.mode());
        default -> setMode(Files.writeString(path, entry.content()), entry.mode());
      }
    }
    return directory;
  }

  private static void setMode(Path path, int mode) throws IOException {
    PosixFilePermission[] bits = PosixFilePermission.values();
    Files.setPosixFilePermissions(
        path,
        Arrays.stream(bits)
            .filter(bit -> (mode & 0400 >> bit.ordinal()) != 0)
            .collect(Collectors.toSet()));
  }

  @Override
  public String toString() {
    return name;
  }
}
