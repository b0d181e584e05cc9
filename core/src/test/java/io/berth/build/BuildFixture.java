package io.berth.build;

import io.berth.api.BuildRequest;
import io.berth.api.Image;
import io.berth.api.Progress;
import io.berth.image.DefaultImages;
import io.berth.image.ImageStore;
import io.berth.image.TestImages;
import io.berth.layers.RootMount;
import io.berth.layers.SnapshotViews;
import io.berth.layers.Snapshotter;
import io.berth.linux.Metadata;
import io.berth.linux.RootDir;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * An engine without runtime: RUN understands {@code write FILE TEXT}, {@code fail CODE} and {@code
 * echo TEXT}, and keeps a record of what was run.
 */
final class BuildFixture implements AutoCloseable {
  final Path context;
  final Snapshotter snapshotter;
  final ImageStore store;
  final DefaultImages images;
  final List<StepRunner.StepProcess> ran = Collections.synchronizedList(new ArrayList<>());
  final List<Progress.Event> events = Collections.synchronizedList(new ArrayList<>());

  BuildFixture(Path directory, String driver) {
    try {
      this.context = Files.createDirectories(directory.resolve("context"));
      Path data = Files.createDirectories(directory.resolve("data"));
      this.snapshotter = TestImages.snapshotter(data, driver);
      this.store = TestImages.store(data, snapshotter, image -> List.of());
      this.images =
          TestImages.images(
              store,
              new DefaultBuilder(
                  data,
                  store,
                  (name, platform, always, progress) -> store.get(name),
                  Optional.empty(),
                  this::run,
                  Clock.systemUTC()),
              Clock.systemUTC());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Imports an image named {@code base} of these files. */
  Image base(String... namesAndContents) {
    byte[] tar = TestImages.tar(namesAndContents);
    return images.importRootfs(new ByteArrayInputStream(tar)).tag("base").execute();
  }

  Path write(String name, String content) {
    try {
      Path file = context.resolve(name);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  BuildRequest request(String dockerfile) {
    write("Dockerfile", dockerfile);
    return images.build(context).progress(events::add);
  }

  Image build(String dockerfile) {
    return request(dockerfile).execute();
  }

  /** The command lines that were run since the last call, without the shell. */
  List<String> takeRuns() {
    List<String> lines = ran.stream().map(p -> p.args().get(p.args().size() - 1)).toList();
    ran.clear();
    return lines;
  }

  /** A file of an image, or empty. */
  Optional<String> read(Image image, String path) {
    try (RootDir root = open(image)) {
      if (root.stat(path).isEmpty()) {
        return Optional.empty();
      }
      try (InputStream in = root.read(path)) {
        return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RootDir open(Image image) {
    return SnapshotViews.open(snapshotter.mount(image.config().chainId().orElseThrow().toString()));
  }

  List<String> warnings() {
    return events.stream()
        .filter(Progress.Warning.class::isInstance)
        .map(event -> ((Progress.Warning) event).text())
        .toList();
  }

  private int run(RootMount root, StepRunner.StepProcess process, StepRunner.Output output) {
    ran.add(process);
    String[] words = process.args().get(process.args().size() - 1).split(" ", 3);
    switch (words[0]) {
      case "fail" -> {
        output.write(true, "it fails\n".getBytes(StandardCharsets.UTF_8));
        return Integer.parseInt(words[1]);
      }
      case "echo" -> output.write(false, words[1].getBytes(StandardCharsets.UTF_8));
      case "write" -> {
        try (RootDir view = SnapshotViews.open(root)) {
          view.write(
              words[1],
              new ByteArrayInputStream(words[2].getBytes(StandardCharsets.UTF_8)),
              Metadata.of(0644, 0, 0));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      default -> throw new IllegalArgumentException("unknown command: " + words[0]);
    }
    return 0;
  }

  @Override
  public void close() {
    snapshotter.close();
  }
}
