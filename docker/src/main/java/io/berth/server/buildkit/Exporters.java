package io.berth.server.buildkit;

import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Where results go. */
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
  Map<String, String> export(Job job, Solved solved) {
    Map<String, String> response = new TreeMap<>();
    if (solved.image().isEmpty()) {
      return response;
    }
    Image image = solved.image().get();
    boolean kept = false;
    List<SolveRequest.Option> exporters = job.request().exporters();
    for (int i = 0; i < exporters.size(); i++) {
      SolveRequest.Option exporter = exporters.get(i);
      switch (exporter.type()) {
        case "moby", "image" -> {
          tag(job, image, exporter, response);
          kept = true;
        }
        default ->
            throw new GrpcException(
                Code.UNIMPLEMENTED,
                "Berth has no exporter "
                    + exporter.type()
                    + ": expected image, docker, oci, local or tar");
      }
    }
    if (!kept && solved.own()) {
      engine.images().remove(image.id().toString(), false);
    }
    return response;
  }

  private void tag(
      Job job, Image image, SolveRequest.Option exporter, Map<String, String> response) {
    Vertex vertex = job.vertex("exporting to image");
    List<String> names = names(exporter);
    try {
      vertex.done("writing image " + image.id(), 0);
      for (String name : names) {
        engine.images().tag(image.id().toString(), name);
        vertex.done("naming to " + io.berth.oci.Reference.parse(name), 0);
      }
    } catch (RuntimeException e) {
      vertex.fail(e.getMessage());
      throw e;
    }
    vertex.end(false);
    response.put("containerimage.config.digest", image.id().toString());
    response.put("containerimage.digest", image.id().toString());
    if (!names.isEmpty()) {
      response.put("image.name", String.join(",", names));
    }
  }

  private static List<String> names(SolveRequest.Option exporter) {
    return Stream.of(exporter.get("name").split(",")).filter(n -> !n.isEmpty()).toList();
  }
}
