package io.berth.server.wire;

import io.berth.api.FileLayers;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Where the files of an image or container are. */
public record GraphDriver(Map<String, String> data, String name) {

  /** In the words of dockerd; the members are those of its driver overlay2. */
  public static GraphDriver of(FileLayers layers, OptionalLong pid) {
    Map<String, String> data = new TreeMap<>();
    if (layers.upper().isPresent()) {
      data.put("LowerDir", joined(layers.lower()));
      data.put("UpperDir", layers.upper().get().toString());
    } else if (!layers.lower().isEmpty()) {
      // Of an image, the topmost layer is what it has added.
      data.put("UpperDir", layers.lower().get(0).toString());
      if (layers.lower().size() > 1) {
        data.put("LowerDir", joined(layers.lower().subList(1, layers.lower().size())));
      }
    }
    // What is mounted is seen by the container's own processes.
    pid.ifPresent(p -> data.put("MergedDir", "/proc/" + p + "/root"));
    layers.work().ifPresent(work -> data.put("WorkDir", work.toString()));
    return new GraphDriver(data, name(layers.driver()));
  }

  private static String joined(List<Path> directories) {
    return directories.stream().map(Path::toString).collect(Collectors.joining(":"));
  }

  /** What this says, as an engine has it; without directories where the driver has others. */
  public FileLayers layers() {
    Map<String, String> all = data == null ? Map.of() : data;
    List<Path> lower =
        Arrays.stream(all.getOrDefault("LowerDir", "").split(":"))
            .filter(directory -> !directory.isEmpty())
            .map(Path::of)
            .toList();
    return new FileLayers(
        engineName(name),
        lower,
        Optional.ofNullable(all.get("UpperDir")).map(Path::of),
        Optional.ofNullable(all.get("WorkDir")).map(Path::of));
  }

  /** What an engine calls a driver of dockerd. */
  public static String engineName(String driver) {
    return switch (driver) {
      case "overlay2", "overlayfs" -> "overlay";
      case "vfs" -> "copy";
      default -> driver;
    };
  }

  /** What dockerd calls a driver. */
  public static String name(String driver) {
    return switch (driver) {
      case "overlay" -> "overlay2";
      case "copy" -> "vfs";
      default -> driver;
    };
  }
}
