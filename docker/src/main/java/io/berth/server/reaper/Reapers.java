package io.berth.server.reaper;

import io.berth.api.Engine;
import io.berth.server.api.Call;
import io.berth.server.api.Multiplexed;
import io.berth.server.api.Router;
import io.berth.server.wire.ContainerConfig;
import io.berth.server.wire.CreateResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in for containers of the image {@code testcontainers/ryuk}: this server does itself what
 * such a container would do through it, so that the image need not be there.
 */
public final class Reapers {
  private static final Logger LOG = LoggerFactory.getLogger(Reapers.class);
  private static final Pattern IMAGE = Pattern.compile("(.+/)?testcontainers/ryuk([:@].*)?");
  private static final Duration FIRST = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String PORT = "8080/tcp";

  private final Sweep sweep;
  private final Clock clock;
  private final Consumer<LabelFilter> named;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  /** A container that is none; its reaper is there once it has been started. */
  private static final class Entry {
    final String id;
    final String name;
    final ContainerConfig config;
    final Instant created;
    volatile Optional<Reaper> reaper = Optional.empty();

    Entry(String id, String name, ContainerConfig config, Instant created) {
      this.id = id;
      this.name = name;
      this.config = config;
      this.created = created;
    }

    boolean runs() {
      return reaper.isPresent() && !reaper.get().isClosed();
    }
  }

  /**
   * @param named is told of each filter that a client names, before the client is told that it will
   *     be obeyed
   */
  public Reapers(Engine engine, Clock clock, Consumer<LabelFilter> named) {
    this.sweep = new Sweep(engine);
    this.clock = clock;
    this.named = named;
  }

  /** Whether this is the image that it stands in for. */
  public static boolean isReaper(String image) {
    return IMAGE.matcher(image).matches();
  }

  /** What such a container and its image answer to; to be added before the ordinary routes. */
  public void routes(Router router) {
    router.when(
        call -> isReaper(call.parameter("name")), r -> r.get("/images/{name*}/json", this::image));
    router.when(
        call -> isReaper(call.query().optional("fromImage").orElse("")),
        r -> r.post("/images/create", Reapers::pull));
    router.when(
        call -> find(call).isPresent(),
        r ->
            r.get("/containers/{id}/json", this::inspect)
                .get("/containers/{id}/logs", this::logs)
                .post("/containers/{id}/start", this::start)
                .post("/containers/{id}/wait", this::await)
                .post("/containers/{id}/stop", this::end)
                .post("/containers/{id}/kill", this::end)
                .delete("/containers/{id}", this::end));
  }

  private Optional<Entry> find(Call call) {
    String wanted = call.parameter("id");
    return entries.values().stream()
        .filter(e -> e.id.startsWith(wanted) || e.name.equals(wanted))
        .findFirst();
  }

  private Entry get(Call call) {
    return find(call).orElseThrow();
  }

  private void image(Call call) throws Exception {
    String name = call.parameter("name");
    Map<String, Object> image = new TreeMap<>();
    image.put("Id", "sha256:" + "0".repeat(64));
    image.put("RepoTags", List.of(name));
    image.put("RepoDigests", List.of());
    image.put("Created", clock.instant().toString());
    image.put("Architecture", System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64");
    image.put("Os", "linux");
    image.put("Size", 0);
    image.put("Config", Map.of("ExposedPorts", Map.of(PORT, Map.of())));
    call.json(image);
  }

  private static void pull(Call call) throws Exception {
    call.json(Map.of("status", "Status: Image is up to date: Berth reaps by itself"));
  }

  /** Makes one, in place of a container. */
  public void create(Call call, String name, ContainerConfig config) throws IOException {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    String id = HexFormat.of().formatHex(bytes);
    String given = name.isEmpty() ? "reaper-" + id.substring(0, 12) : name;
    entries.put(id, new Entry(id, given, config, clock.instant()));
    call.json(201, new CreateResponse(id, List.of()));
  }

  private void start(Call call) throws Exception {
    Entry entry = get(call);
    synchronized (entry) {
      if (entry.reaper.isPresent()) {
        call.exchange().send(304);
        return;
      }
      entry.reaper = Optional.of(new Reaper(FIRST, PATIENCE, named, f -> finish(entry, f)));
    }
    call.noContent();
  }

  private void finish(Entry entry, List<LabelFilter> filters) {
    sweep.remove(filters).forEach(failure -> LOG.warn("Cannot remove {}", failure));
    entries.remove(entry.id);
  }

  private void inspect(Call call) throws Exception {
    Entry entry = get(call);
    boolean runs = entry.runs();
    Map<String, Object> ports =
        runs
            ? Map.of(
                PORT,
                List.of(Map.of("HostIp", "127.0.0.1", "HostPort", "" + entry.reaper.get().port())))
            : Map.of();
    Map<String, Object> container = new TreeMap<>();
    container.put("Id", entry.id);
    container.put("Name", "/" + entry.name);
    container.put("Created", entry.created.toString());
    container.put("Path", "/bin/ryuk");
    container.put("Args", List.of());
    container.put("Image", "sha256:" + "0".repeat(64));
    container.put("Config", entry.config);
    container.put("State", state(entry, runs));
    container.put("HostConfig", Map.of("AutoRemove", true, "NetworkMode", "bridge"));
    container.put("Mounts", List.of());
    container.put("RestartCount", 0);
    container.put("Driver", "overlay2");
    container.put("Platform", "linux");
    container.put("NetworkSettings", Map.of("Ports", ports, "IPAddress", "", "Networks", Map.of()));
    call.json(container);
  }

  private static Map<String, Object> state(Entry entry, boolean runs) {
    String status = runs ? "running" : entry.reaper.isPresent() ? "exited" : "created";
    return Map.of(
        "Status",
        status,
        "Running",
        runs,
        "Paused",
        false,
        "Restarting",
        false,
        "OOMKilled",
        false,
        "Dead",
        false,
        "Pid",
        0,
        "ExitCode",
        0,
        "StartedAt",
        entry.created.toString(),
        "FinishedAt",
        "0001-01-01T00:00:00Z");
  }

  private void logs(Call call) throws Exception {
    Entry entry = get(call);
    OutputStream body = call.exchange().stream(200, "application/vnd.docker.multiplexed-stream");
    new Multiplexed(body).stdout().write("Started!\n".getBytes(StandardCharsets.US_ASCII));
    if (call.query().flag("follow")) {
      waitForEnd(call, entry);
    }
  }

  private void await(Call call) throws Exception {
    waitForEnd(call, get(call));
    call.json(Map.of("StatusCode", 0));
  }

  private static void waitForEnd(Call call, Entry entry) throws InterruptedException {
    CountDownLatch over = new CountDownLatch(1);
    call.exchange().onGone(over::countDown);
    entry.reaper.ifPresent(r -> r.onEnd(over::countDown));
    over.await();
  }

  private void end(Call call) throws Exception {
    Entry entry = get(call);
    entry.reaper.ifPresent(Reaper::close);
    entries.remove(entry.id);
    call.noContent();
  }

  /** Ends all of them; nothing is removed. */
  public void close() {
    entries.values().forEach(e -> e.reaper.ifPresent(Reaper::close));
  }
}
