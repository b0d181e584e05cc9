package io.berth.server.buildkit;

import io.berth.api.Progress;
import io.berth.server.grpc.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** Tells the progress of the builder as vertices. */
final class StepVertices implements Progress {
  private final StatusLog log;
  private final BiFunction<String, String, Vertex> begin;
  private final Map<Integer, Vertex> running = new LinkedHashMap<>();
  private Optional<Vertex> latest = Optional.empty();

  /**
   * @param begin makes a vertex of a key, which is unique in this build, and a name
   */
  StepVertices(StatusLog log, BiFunction<String, String, Vertex> begin) {
    this.log = log;
    this.begin = begin;
  }

  @Override
  public synchronized void on(Event event) {
    if (event instanceof StepStarted step) {
      String name = "[" + step.number() + "/" + step.total() + "] " + step.instruction();
      Vertex vertex = begin.apply("step " + step.number(), name);
      running.put(step.number(), vertex);
      latest = Optional.of(vertex);
    } else if (event instanceof StepOutput output) {
      Optional.ofNullable(running.get(output.number()))
          .ifPresent(vertex -> vertex.output(output.stderr(), output.bytes()));
    } else if (event instanceof StepFinished step) {
      Optional.ofNullable(running.remove(step.number()))
          .ifPresent(vertex -> vertex.end(step.cached()));
    } else if (event instanceof Layer layer) {
      layer(layer);
    } else if (event instanceof Warning warning) {
      warn(warning.text());
    } else if (event instanceof Finished finished) {
      finished.error().ifPresent(this::fail);
    }
  }

  private void layer(Layer layer) {
    latest.ifPresent(
        vertex -> {
          String part =
              layer.status().text().toLowerCase(java.util.Locale.ROOT) + " " + layer.layer();
          if (layer.status().isLast()) {
            vertex.done(part, layer.total());
          } else {
            vertex.at(part, layer.current(), layer.total());
          }
        });
  }

  private void warn(String text) {
    ProtoWriter warning =
        new ProtoWriter().number(2, 1).bytes(3, text.getBytes(StandardCharsets.UTF_8));
    latest.ifPresent(vertex -> warning.text(1, vertex.digest()));
    log.add(new ProtoWriter().message(4, warning));
  }

  /** Ends what still runs with the error of the build. */
  private void fail(String error) {
    running.values().forEach(vertex -> vertex.fail(error));
    running.clear();
  }
}
