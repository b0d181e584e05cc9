package io.berth.remote.image;

import io.berth.api.Image;
import io.berth.api.LoadRequest;
import io.berth.api.Progress;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import io.berth.remote.call.Call;
import io.berth.remote.call.Failures;
import io.berth.remote.call.RemoteException;
import io.berth.server.wire.ProgressLine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Has an engine take the images of an archive. */
final class RemoteLoadRequest implements LoadRequest {
  private static final List<String> LOADED = List.of("Loaded image ID: ", "Loaded image: ");

  private final ImagesClient images;
  private final Source archive;
  private final Map<String, String> loaded = new LinkedHashMap<>();
  private Optional<Reference> tag = Optional.empty();
  private Optional<Platform> platform = Optional.empty();
  private Progress progress = Progress.none();

  /** Where an archive is from. */
  interface Source {
    InputStream open() throws IOException;
  }

  RemoteLoadRequest(ImagesClient images, Source archive) {
    this.images = images;
    this.archive = archive;
  }

  static RemoteLoadRequest ofFile(ImagesClient images, Path file) {
    if (Files.isDirectory(file)) {
      throw images
          .api()
          .cannot(
              "read OCI layouts in directories",
              "pack " + file + " as a tar, or load it into an embedded engine and save it");
    }
    if (!Files.exists(file)) {
      throw new NotFoundException("No such archive: " + file);
    }
    return new RemoteLoadRequest(images, () -> Files.newInputStream(file));
  }

  @Override
  public LoadRequest tag(String reference) {
    tag = Optional.of(Reference.parse(reference).withDefaultTag());
    return this;
  }

  @Override
  public LoadRequest platform(String platform) {
    this.platform = Optional.of(Platform.parse(platform));
    return this;
  }

  @Override
  public LoadRequest progress(Progress listener) {
    progress = listener;
    return this;
  }

  @Override
  public LoadRequest unpackedLimit(long bytes) {
    throw images
        .api()
        .cannot("be told how much an archive may unpack to", "it has limits of its own, or none");
  }

  @Override
  public List<Image> execute() {
    TransferLines lines = new TransferLines(progress);
    try (InputStream in = archive.open()) {
      Call call = images.api().post("/images/load").query("quiet", 0);
      platform.ifPresent(p -> call.document("platform", platform(p)));
      call.tar(in::transferTo)
          .forEach(
              ProgressLine.class,
              line -> {
                lines.accept(line);
                if (line.stream() != null) {
                  remember(line.stream().strip());
                }
              });
    } catch (RemoteException e) {
      // What an engine makes of an archive that is none depends on its age.
      throw e.status() == 500 ? Failures.of(400, e.getMessage()) : e;
    } catch (IOException e) {
      throw new StorageException("Cannot read the archive: " + e, e);
    }
    lines.check();
    return images();
  }

  private static Map<String, String> platform(Platform p) {
    Map<String, String> map = new LinkedHashMap<>();
    map.put("os", p.os());
    map.put("architecture", p.architecture());
    p.variant().ifPresent(v -> map.put("variant", v));
    return map;
  }

  private void remember(String line) {
    LOADED.stream()
        .filter(line::startsWith)
        .findFirst()
        .ifPresent(words -> loaded.put(line.substring(words.length()), ""));
  }

  private List<Image> images() {
    if (loaded.isEmpty()) {
      throw new InvalidInputException("The archive has no images that the engine could find");
    }
    Map<String, Image> all = new LinkedHashMap<>();
    for (String name : loaded.keySet()) {
      Image image = images.get(name);
      all.put(image.id().toString(), image);
    }
    if (tag.isEmpty()) {
      return List.copyOf(all.values());
    }
    if (all.size() != 1) {
      throw new InvalidInputException(
          "Cannot name the image of the archive " + tag.get() + ": it has " + all.size());
    }
    List<Image> named = new ArrayList<>();
    all.keySet().forEach(id -> named.add(images.tag(id, tag.get().familiar())));
    return named;
  }
}
