package io.berth.build;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.api.Progress;
import io.berth.json.Json;
import io.berth.json.JsonWriter;
import io.berth.oci.Digest;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the progress of a build as JSON, one object a line, in the form of BuildKit's {@code
 * --progress=rawjson}: {@code vertexes} begin and end, {@code logs} hold output in base64, {@code
 * warnings} what may be wrong.
 *
 * <pre>
 * {"vertexes":[{"digest":"sha256:…","name":"[2/3] RUN make","started":"…"}]}
 * {"logs":[{"vertex":"sha256:…","stream":1,"data":"Y2M=","timestamp":"…"}]}
 * {"vertexes":[{"digest":"sha256:…","name":"[2/3] RUN make","started":"…","completed":"…"}]}
 * </pre>
 */
public final class JsonProgress implements Progress {
  private static final int STDOUT = 1;
  private static final int STDERR = 2;

  private final PrintStream out;
  private final Clock clock;
  private final Map<Integer, Vertex> steps = new HashMap<>();

  private record Vertex(String digest, String name, Instant started) {
    JsonWriter json() {
      return new JsonWriter().put("digest", digest).put("name", name).put("started", started);
    }
  }

  public JsonProgress(PrintStream out) {
    this(out, Clock.systemUTC());
  }

  JsonProgress(PrintStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  @Override
  public synchronized void on(Event event) {
    Instant now = clock.instant();
    if (event instanceof StepStarted step) {
      String name = "[" + step.number() + "/" + step.total() + "] " + step.instruction();
      Vertex vertex = new Vertex(digest(name), name, now);
      steps.put(step.number(), vertex);
      write("vertexes", vertex.json().toNode());
    } else if (event instanceof StepOutput output) {
      write(
          "logs",
          new JsonWriter()
              .put("vertex", steps.get(output.number()).digest())
              .put("stream", output.stderr() ? STDERR : STDOUT)
              .put("data", Base64.getEncoder().encodeToString(output.bytes()))
              .put("timestamp", now)
              .toNode());
    } else if (event instanceof StepFinished step) {
      Vertex vertex = steps.remove(step.number());
      write("vertexes", vertex.json().put("completed", now).flag("cached", step.cached()).toNode());
    } else if (event instanceof Warning warning) {
      write(
          "warnings",
          new JsonWriter().put("level", 1).put("short", base64(warning.text())).toNode());
    } else if (event instanceof Finished finished) {
      finished.error().ifPresent(error -> fail(error, now));
      finished
          .imageId()
          .ifPresent(
              id ->
                  write(
                      "vertexes",
                      new Vertex(digest(id), "exporting " + id, now)
                          .json()
                          .put("completed", now)
                          .toNode()));
    }
    out.flush();
  }

  /** Steps that run end with the build's error. */
  private void fail(String error, Instant now) {
    steps
        .values()
        .forEach(
            vertex ->
                write(
                    "vertexes", vertex.json().put("completed", now).put("error", error).toNode()));
    if (steps.isEmpty()) {
      write(
          "vertexes",
          new Vertex(digest(error), "build", now)
              .json()
              .put("completed", now)
              .put("error", error)
              .toNode());
    }
    steps.clear();
  }

  private void write(String field, ObjectNode one) {
    out.println(Json.toString(new JsonWriter().list(field, List.of(one), node -> node).toNode()));
  }

  private static String digest(String name) {
    return Digest.sha256(name.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
