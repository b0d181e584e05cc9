package io.berth.server.peer;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.server.UnixHttp;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One of the servers that are compared, with what its answers gave for later requests. */
final class Side {
  private static final int LONGEST_SECONDS = 120;

  private final Path socket;
  private final String version;
  private final Map<String, byte[]> bodies;
  private final Map<String, String> variables = new HashMap<>();

  /**
   * @param version that is put before each path, such as {@code /v1.41}
   * @param bodies by the names that requests give
   */
  Side(Path socket, String version, Map<String, byte[]> bodies) {
    this.socket = socket;
    this.version = version;
    this.bodies = bodies;
  }

  void set(String variable, String value) {
    variables.put(variable, value);
  }

  /** Removes what earlier requests left, but for images. */
  void clear() throws IOException, InterruptedException {
    for (JsonNode container : ask("GET", "/containers/json?all=1", "").documents().get(0)) {
      ask("DELETE", "/containers/" + container.get("Id").asText() + "?force=1&v=1", "");
    }
    ask("POST", "/networks/prune", "");
    ask("POST", "/volumes/prune", "");
  }

  Answer ask(String method, String path, String body) throws IOException, InterruptedException {
    return ask(
        new Step(
            method + " " + path, false, false, false, method, path, body, Optional.empty(), ""));
  }

  Answer ask(Step step) throws IOException, InterruptedException {
    Answer answer = new Answer(reply(step));
    for (int i = 0; step.until() && !answer.reply().text().contains(step.body()); i++) {
      if (i == LONGEST_SECONDS * 10) {
        throw new IOException("Waited in vain: " + step.line());
      }
      Thread.sleep(100);
      answer = new Answer(reply(step));
    }
    if (step.variable().isPresent()) {
      variables.put(step.variable().get(), answer.at(step.pointer()));
    }
    return answer;
  }

  private UnixHttp.Reply reply(Step step) throws IOException, InterruptedException {
    try (UnixHttp http = new UnixHttp(socket)) {
      http.send(request(step));
      CompletableFuture<UnixHttp.Reply> reply =
          CompletableFuture.supplyAsync(() -> read(http, step));
      return reply.get(LONGEST_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException("No answer to " + step.line(), e);
    } catch (ExecutionException e) {
      throw new IOException(step.line() + ": " + e.getCause().getMessage(), e);
    }
  }

  private static UnixHttp.Reply read(UnixHttp http, Step step) {
    try {
      return step.upgrade() ? http.headers() : http.reply(step.method().equals("HEAD"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private byte[] request(Step step) throws IOException {
    boolean prepared = step.body().startsWith("@");
    byte[] body =
        prepared
            ? bodies.get(step.body().substring(1))
            : step.until() ? new byte[0] : filled(step.body()).getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder(step.method()).append(' ');
    head.append(version).append(filled(step.path())).append(" HTTP/1.1\r\nHost: docker\r\n");
    if (body.length > 0) {
      head.append("Content-Type: ")
          .append(prepared ? "application/x-tar" : "application/json")
          .append("\r\n");
    }
    if (body.length > 0 || step.method().equals("POST") || step.method().equals("PUT")) {
      head.append("Content-Length: ").append(body.length).append("\r\n");
    }
    head.append("X-Registry-Auth: e30=\r\n");
    if (step.upgrade()) {
      head.append("Connection: Upgrade\r\nUpgrade: tcp\r\n");
    }
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
    request.write(body);
    return request.toByteArray();
  }

  private String filled(String text) {
    String soon = String.valueOf(Instant.now().getEpochSecond() + 1);
    String filled = text.replace("${soon}", soon);
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      filled = filled.replace("${" + variable.getKey() + "}", variable.getValue());
    }
    return filled;
  }
}
