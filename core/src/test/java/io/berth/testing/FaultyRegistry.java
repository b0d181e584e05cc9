package io.berth.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.berth.oci.Descriptor;
import io.berth.oci.MediaTypes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A registry of this JVM that serves what it is given, and misbehaves where it is told to.
 *
 * <pre>{@code
 * Descriptor layer = registry.blob(MediaTypes.OCI_LAYER_GZIP, bytes);
 * registry.on(layer.digest().hex(), FaultyRegistry.cutAfter(1000), FaultyRegistry.status(503));
 * }</pre>
 */
public final class FaultyRegistry implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Served> content = new ConcurrentHashMap<>();
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private volatile Optional<String> authorization = Optional.empty();

  /** What was asked. */
  public record Request(
      String method, String uri, Optional<String> authorization, Optional<String> range) {}

  private record Served(String type, byte[] bytes) {}

  /** What to do in place of serving the content, which is empty where there is none. */
  @FunctionalInterface
  public interface Answer {
    void to(HttpExchange exchange, byte[] content) throws IOException;
  }

  private static final class Rule {
    private final String part;
    private final List<Answer> answers;
    private final boolean last;

    Rule(String part, List<Answer> answers, boolean last) {
      this.part = part;
      this.answers = new ArrayList<>(answers);
      this.last = last;
    }

    /** The next answer; the last one of a lasting rule stays. */
    synchronized Optional<Answer> next(String uri) {
      if (!uri.contains(part) || answers.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(last && answers.size() == 1 ? answers.get(0) : answers.remove(0));
    }
  }

  private FaultyRegistry() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public static FaultyRegistry start() {
    try {
      return new FaultyRegistry();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Host and port, as in image names. */
  public String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /** Serves a blob of any repository. */
  public Descriptor blob(String mediaType, byte[] bytes) {
    Descriptor descriptor = Descriptor.of(mediaType, bytes);
    content.put(
        "blobs/" + descriptor.digest(), new Served("application/octet-stream", bytes.clone()));
    return descriptor;
  }

  /** Serves a manifest or index under its digest and a tag. */
  public Descriptor manifest(String tag, String mediaType, byte[] bytes) {
    Descriptor descriptor = Descriptor.of(mediaType, bytes);
    content.put("manifests/" + descriptor.digest(), new Served(mediaType, bytes.clone()));
    content.put("manifests/" + tag, new Served(mediaType, bytes.clone()));
    return descriptor;
  }

  /** Serves other bytes than the digest says. */
  public void replace(Descriptor blob, byte[] bytes) {
    content.put("blobs/" + blob.digest(), new Served("application/octet-stream", bytes));
  }

  /** Answers requests whose address has this part so, one after the other; then serves as usual. */
  public FaultyRegistry on(String part, Answer... answers) {
    rules.add(new Rule(part, List.of(answers), false));
    return this;
  }

  /** Answers all requests whose address has this part so. */
  public FaultyRegistry always(String part, Answer answer) {
    rules.add(new Rule(part, List.of(answer), true));
    return this;
  }

  /** Wants this Authorization header for everything, and asks for it with this challenge. */
  public FaultyRegistry protect(String challenge, String header) {
    authorization = Optional.of(header);
    rules.add(
        new Rule(
            "/v2/",
            List.of(
                (exchange, bytes) -> {
                  if (authorization.equals(header(exchange, "Authorization"))) {
                    serve(exchange, bytes);
                  } else {
                    exchange.getResponseHeaders().set("WWW-Authenticate", challenge);
                    exchange.sendResponseHeaders(401, -1);
                  }
                }),
            true));
    return this;
  }

  /** The header now wanted by {@link #protect}. */
  public void authorization(String header) {
    authorization = Optional.of(header);
  }

  public static String basic(String user, String password) {
    return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes());
  }

  /** Serves so many bytes of what is asked for, and cuts the connection. */
  public static Answer cutAfter(int bytes) {
    return (exchange, content) -> {
      int from = range(exchange).orElse(0);
      if (from > 0) {
        exchange
            .getResponseHeaders()
            .set(
                "Content-Range",
                "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
      }
      exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
      OutputStream out = exchange.getResponseBody();
      out.write(content, from, Math.min(bytes, content.length - from));
      out.flush();
      throw new IOException("cut as wanted");
    };
  }

  /** Serves all of it, whatever range is asked for. */
  public static Answer whole() {
    return (exchange, content) -> {
      exchange.sendResponseHeaders(200, content.length);
      exchange.getResponseBody().write(content);
    };
  }

  /** Serves bytes without telling their number. */
  public static Answer chunked(byte[] bytes) {
    return (exchange, content) -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(bytes);
    };
  }

  public static Answer status(int status, String... headers) {
    return body(status, "", headers);
  }

  /**
   * @param headers names and values in turn
   */
  public static Answer body(int status, String body, String... headers) {
    return (exchange, content) -> {
      for (int i = 0; i < headers.length; i += 2) {
        exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
      }
      byte[] bytes = body.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      if (bytes.length > 0) {
        exchange.getResponseBody().write(bytes);
      }
    };
  }

  private void handle(HttpExchange exchange) throws IOException {
    String uri = exchange.getRequestURI().toString();
    requests.add(
        new Request(
            exchange.getRequestMethod(),
            uri,
            header(exchange, "Authorization"),
            header(exchange, "Range")));
    try (exchange) {
      byte[] bytes = find(uri).map(Served::bytes).orElse(new byte[0]);
      for (Rule rule : rules) {
        Optional<Answer> answer = rule.next(uri);
        if (answer.isPresent()) {
          answer.get().to(exchange, bytes);
          return;
        }
      }
      serve(exchange, bytes);
    }
  }

  private Optional<Served> find(String uri) {
    String path = uri.replaceFirst("\\?.*", "");
    return content.entrySet().stream()
        .filter(entry -> path.endsWith("/" + entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private void serve(HttpExchange exchange, byte[] bytes) throws IOException {
    Optional<Served> found = find(exchange.getRequestURI().toString());
    if (found.isEmpty()) {
      boolean ping = exchange.getRequestURI().getPath().equals("/v2/");
      body(ping ? 200 : 404, "{}").to(exchange, bytes);
      return;
    }
    exchange.getResponseHeaders().set("Content-Type", found.get().type());
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
      exchange
          .getResponseHeaders()
          .set(
              "Docker-Content-Digest",
              Descriptor.of(MediaTypes.OCI_MANIFEST, bytes).digest().toString());
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    int from = range(exchange).orElse(0);
    byte[] wanted = Arrays.copyOfRange(bytes, from, bytes.length);
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, wanted.length == 0 ? -1 : wanted.length);
    exchange.getResponseBody().write(wanted);
  }

  private static Optional<String> header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  private static Optional<Integer> range(HttpExchange exchange) {
    return header(exchange, "Range").map(text -> Integer.valueOf(text.replaceAll("\\D", "")));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
