package io.berth.server.buildkit;

import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.SaveRequest;
import io.berth.archive.ArchiveFormat;
import io.berth.oci.Reference;
import io.berth.server.buildkit.SolveRequest.Option;
import io.berth.server.grpc.ClientCall;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Where results go: into the store, or through the session to the client. */
final class Exporters {
  private final Engine engine;
  private final Sessions sessions;

  Exporters(Engine engine, Sessions sessions) {
    this.engine = engine;
    this.sessions = sessions;
  }

  /**
   * Exports to all that the client asked for.
   *
   * @return what the client is told of it
   */
  Map<String, String> export(Job job, Solved solved) throws IOException {
    Map<String, String> response = new TreeMap<>();
    if (solved.image().isEmpty()) {
      return response;
    }
    Image image = solved.image().get();
    boolean kept = false;
    try {
      List<Option> exporters = job.request().exporters();
      for (int i = 0; i < exporters.size(); i++) {
        kept |= export(job, i, exporters.get(i), solved, response);
      }
    } finally {
      if (!kept && solved.own()) {
        engine.images().remove(image.id().toString(), false);
      }
    }
    return response;
  }

  /** Whether the image stays in the store. */
  private boolean export(
      Job job, int number, Option exporter, Solved solved, Map<String, String> response)
      throws IOException {
    Image image = solved.image().orElseThrow();
    Vertex vertex = job.vertex(title(exporter));
    try {
      switch (exporter.type()) {
        case "moby", "image" -> tag(vertex, solved, exporter);
        case "docker" -> archive(job, number, exporter, image, ArchiveFormat.DOCKER);
        case "oci" -> archive(job, number, exporter, image, ArchiveFormat.OCI);
        case "tar" -> {
          try (ClientCall call = call(job, number);
              OutputStream out = FileSend.file(call)) {
            engine.images().exportRootfs(image.id().toString(), out);
          }
        }
        case "local" -> local(job, number, image);
        default ->
            throw new GrpcException(
                Code.UNIMPLEMENTED,
                "Berth has no exporter "
                    + exporter.type()
                    + ": expected image, docker, oci, local or tar");
      }
    } catch (RuntimeException | IOException e) {
      vertex.fail(String.valueOf(e.getMessage()));
      throw e;
    }
    vertex.end(false);
    if (!exporter.type().equals("tar") && !exporter.type().equals("local")) {
      response.put("containerimage.config.digest", image.id().toString());
      response.put("containerimage.digest", image.id().toString());
      response.put("image.name", String.join(",", fullNames(exporter)));
    }
    return isStore(exporter);
  }

  private static String title(Option exporter) {
    return switch (exporter.type()) {
      case "docker", "oci" -> "exporting to " + exporter.type() + " image format";
      case "local", "tar" -> "exporting to client " + exporter.type();
      default -> "exporting to image";
    };
  }

  private static List<String> names(Option exporter) {
    return Stream.of(exporter.get("name").split(",")).filter(n -> !n.isEmpty()).toList();
  }

  private static List<String> fullNames(Option exporter) {
    return names(exporter).stream()
        .map(name -> Reference.parse(name).withDefaultTag().toString())
        .toList();
  }

  /** The names that an exporter gives in the store. */
  static Stream<String> stored(Option exporter) {
    return isStore(exporter) ? fullNames(exporter).stream() : Stream.empty();
  }

  private static boolean isStore(Option exporter) {
    return exporter.type().equals("moby") || exporter.type().equals("image");
  }

  private void tag(Vertex vertex, Solved solved, Option exporter) {
    String id = solved.image().orElseThrow().id().toString();
    vertex.done("writing image " + id, 0);
    for (String name : fullNames(exporter)) {
      if (!solved.named()) {
        engine.images().tag(id, name);
      }
      vertex.done("naming to " + name, 0);
    }
  }

  private ClientCall call(Job job, int number) {
    return FileSend.open(sessions.await(job.request().session()), number);
  }

  private void archive(Job job, int number, Option exporter, Image image, ArchiveFormat format)
      throws IOException {
    if (exporter.get("tar").equals("false")) {
      throw new GrpcException(
          Code.UNIMPLEMENTED, "Berth sends images as archives: leave out tar=false");
    }
    SaveRequest save = engine.images().save(image.id().toString()).format(format);
    names(exporter).forEach(save::as);
    try (ClientCall call = call(job, number);
        OutputStream out = FileSend.file(call)) {
      save.to(out);
    }
  }

  private void local(Job job, int number, Image image) throws IOException {
    Path tar = Files.createTempFile("berth-export-", ".tar");
    try {
      try (OutputStream out = Files.newOutputStream(tar)) {
        engine.images().exportRootfs(image.id().toString(), out);
      }
      try (ClientCall call = call(job, number)) {
        RootFiles.of(tar).send(call);
      }
    } finally {
      Files.delete(tar);
    }
  }
}
