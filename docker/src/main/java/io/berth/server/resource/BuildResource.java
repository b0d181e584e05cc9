package io.berth.server.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.BuildRequest;
import io.berth.api.CommitRequest;
import io.berth.api.Container;
import io.berth.api.ContextSource;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.NetworkMode;
import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.api.Resources;
import io.berth.api.Storage.BuildCachePrune;
import io.berth.api.Ulimit;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.server.api.Call;
import io.berth.server.api.Filters;
import io.berth.server.api.JsonLines;
import io.berth.server.api.Router;
import io.berth.server.api.Times;
import io.berth.server.buildkit.BuildKit;
import io.berth.server.http.HttpError;
import io.berth.server.wire.BuildPruneReport;
import io.berth.server.wire.ContainerConfig;
import io.berth.server.wire.IdResponse;
import io.berth.server.wire.ProcessConfig;
import io.berth.server.wire.ProgressLine;
import io.berth.server.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Making images: from Dockerfiles and from containers. */
final class BuildResource {
  private final Engine engine;
  private final Supplier<BuildKit> buildKit;
  private final ContainerLookup lookup;
  private final Clock clock;

  /**
   * @param buildKit for builds of sessions
   */
  BuildResource(Engine engine, Supplier<BuildKit> buildKit, Clock clock) {
    this.buildKit = buildKit;
    this.clock = clock;
    this.engine = engine;
    this.lookup = new ContainerLookup(engine.containers());
  }

  void routes(Router router) {
    router
        .post("/build", this::build)
        .post("/build/prune", this::prune)
        .post("/build/cancel", this::cancel)
        .post("/commit", this::commit);
  }

  // ---- Build ------------------------------------------------------------------------------------

  private void build(Call call) throws Exception {
    if (call.query().get("version").equals("2")) {
      buildKit.get().build(call);
      return;
    }
    Optional<String> remote =
        call.query().optional("remote").filter(r -> !r.equals("client-session"));
    ContextSource context =
        remote.isPresent()
            ? ContextSource.parse(checkRemote(remote.get()))
            : ContextSource.tar(call.exchange().body());
    JsonLines lines = new JsonLines(call);
    boolean quiet = call.query().flag("q");
    try {
      BuildRequest request = engine.images().build(context);
      options(call, request);
      Image image = request.progress(new ProgressLines(lines, quiet)).execute();
      String id = image.id().toString();
      if (quiet) {
        lines.send(ProgressLine.text(id + "\n"));
        return;
      }
      lines.send(ProgressLine.result(Map.of("ID", id)));
      lines.send(ProgressLine.text("Successfully built " + image.shortId() + "\n"));
      for (String tag : call.query().all("t")) {
        lines.send(ProgressLine.text("Successfully tagged " + ImageNames.full(tag) + "\n"));
      }
    } catch (NotFoundException e) {
      // What is not there is named by the request or its Dockerfile; the endpoint itself is.
      lines.fail(new HttpError(400, missing(call, e), e));
    } catch (RuntimeException e) {
      lines.fail(e);
    }
  }

  /** Where the context is on this host is nothing to a client. */
  private static String missing(Call call, NotFoundException e) {
    String file = call.query().optional("dockerfile").orElse("Dockerfile");
    return e.getMessage().startsWith("No Dockerfile at ")
        ? "Cannot locate specified Dockerfile: " + file
        : e.getMessage();
  }

  /** What a client names is never read from this host's own files. */
  private static String checkRemote(String remote) {
    if (!ContextSource.isGit(remote) && !remote.matches("(?s)https?://.*")
        || remote.startsWith("file:")) {
      throw HttpError.badRequest("remote build context must be a git repository or a URL");
    }
    return remote;
  }

  private static void options(Call call, BuildRequest request) {
    // A path of the context, whatever it begins with.
    call.query()
        .optional("dockerfile")
        .map(path -> Path.of("/").relativize(Path.of("/", path)))
        .ifPresent(request::file);
    call.query().all("t").stream().filter(t -> !t.isEmpty()).forEach(request::tag);
    call.query().optional("target").ifPresent(request::target);
    call.query().optional("platform").ifPresent(request::platform);
    texts(call, "buildargs").forEach(request::arg);
    texts(call, "labels").forEach(request::label);
    if (call.query().flag("nocache")) {
      request.noCache();
    }
    if (call.query().flag("pull")) {
      request.pull();
    }
    if (call.query().flag("squash")) {
      request.squash();
    }
    call.query()
        .optional("networkmode")
        .filter(m -> !m.equals("default"))
        .map(NetworkMode::of)
        .ifPresent(request::network);
    for (String host : call.query().get("extrahosts").split(",")) {
      int colon = host.indexOf(':');
      if (colon > 0) {
        request.addHost(host.substring(0, colon), host.substring(colon + 1));
      }
    }
    request.credentials(RegistryAuth.ofBuild(call));
    limits(call, request);
  }

  private static void limits(Call call, BuildRequest request) {
    Resources.Builder limits = Resources.builder();
    positive(call, "memory").ifPresent(limits::memory);
    call.query().number("memswap").filter(v -> v != 0).ifPresent(limits::memorySwap);
    positive(call, "cpushares").ifPresent(limits::cpuShares);
    positive(call, "cpuperiod").ifPresent(limits::cpuPeriod);
    call.query().number("cpuquota").filter(v -> v != 0).ifPresent(limits::cpuQuota);
    call.query().optional("cpusetcpus").ifPresent(limits::cpusetCpus);
    call.query().optional("cpusetmems").ifPresent(limits::cpusetMems);
    Resources resources = limits.build();
    if (!resources.equals(Resources.none())) {
      request.resources(resources);
    }
    positive(call, "shmsize").ifPresent(request::shmSize);
    call.query()
        .optional("ulimits")
        .map(json -> read("ulimits", json))
        .ifPresent(
            all ->
                all.forEach(
                    u ->
                        request.ulimit(
                            new Ulimit(
                                u.path("Name").asText(),
                                u.path("Soft").asLong(),
                                u.path("Hard").asLong()))));
  }

  private static Optional<Long> positive(Call call, String name) {
    return call.query().number(name).filter(v -> v > 0);
  }

  private static JsonNode read(String name, String json) {
    try {
      return WireJson.read(json.getBytes(StandardCharsets.UTF_8), JsonNode.class);
    } catch (InvalidInputException e) {
      throw new HttpError(400, "error reading " + name + ": " + e.getMessage(), e);
    }
  }

  /** A JSON object of strings; those without a value are left out. */
  private static Map<String, String> texts(Call call, String name) {
    Map<String, String> texts = new TreeMap<>();
    Optional<String> json = call.query().optional(name).filter(t -> !t.equals("null"));
    if (json.isPresent()) {
      JsonNode node = read(name, json.get());
      if (!node.isObject()) {
        throw HttpError.badRequest("error reading " + name + ": expected an object");
      }
      node.properties().stream()
          .filter(p -> p.getValue().isTextual())
          .forEach(p -> texts.put(p.getKey(), p.getValue().textValue()));
    }
    return texts;
  }

  /** Classic builds end with their connection: none has a name. */
  private void cancel(Call call) throws Exception {
    String id =
        call.query()
            .optional("id")
            .orElseThrow(() -> HttpError.badRequest("build ID not provided"));
    buildKit.get().cancel(id);
    call.exchange().send(200, "application/json", new byte[0]);
  }

  private void prune(Call call) throws Exception {
    Filters filters =
        Filters.of(
            call,
            Set.of(
                "description",
                "id",
                "inuse",
                "parent",
                "private",
                "shared",
                "type",
                "unused-for",
                "until"));
    Optional<Instant> until =
        Stream.concat(filters.get("until").stream(), filters.get("unused-for").stream())
            .findFirst()
            .map(t -> Times.parse(t, clock.instant()));
    long keep =
        call.query()
            .number("reserved-space")
            .or(() -> call.query().number("keep-storage"))
            .orElse(0L);
    Pruned pruned =
        engine
            .storage()
            .pruneBuildCache(
                new BuildCachePrune(keep, new PruneFilter(until, List.of(), List.of())));
    call.json(new BuildPruneReport(Lists.orNull(pruned.names()), pruned.bytes()));
  }

  // ---- Commit -----------------------------------------------------------------------------------

  private void commit(Call call) throws Exception {
    Optional<ContainerConfig> config =
        call.exchange().hasBody()
            ? Optional.of(call.optionalBody(ContainerConfig.class))
            : Optional.empty();
    Container container = lookup.get(call.query().get("container"));
    CommitRequest request = container.commit().pause(call.query().flag("pause", true));
    call.query().optional("author").ifPresent(request::author);
    call.query().optional("comment").ifPresent(request::message);
    call.query()
        .optional("repo")
        .ifPresent(r -> request.tag(ImageNames.with(r, call.query().get("tag"))));
    config.map(ContainerConfig::process).ifPresent(p -> changes(request, p));
    call.query().all("changes").stream()
        .flatMap(String::lines)
        .filter(c -> !c.isBlank())
        .forEach(request::change);
    call.json(201, new IdResponse(request.execute().id().toString()));
  }

  /** What a client says of the image's configuration, as the instructions that say the same. */
  private static void changes(CommitRequest request, ProcessConfig process) {
    Lists.of(process.env()).forEach(v -> request.change("ENV " + assignment(v)));
    if (!Lists.of(process.cmd()).isEmpty()) {
      request.change("CMD " + json(process.cmd()));
    }
    if (!Lists.of(process.entrypoint()).isEmpty()) {
      request.change("ENTRYPOINT " + json(process.entrypoint()));
    }
    Lists.of(process.labels())
        .forEach((k, v) -> request.change("LABEL " + assignment(k + "=" + v)));
    Lists.of(process.exposedPorts()).keySet().forEach(p -> request.change("EXPOSE " + p));
    Lists.of(process.volumes()).keySet().forEach(v -> request.change("VOLUME " + json(List.of(v))));
    if (!Lists.of(process.user()).isEmpty()) {
      request.change("USER " + process.user());
    }
    if (!Lists.of(process.workingDir()).isEmpty()) {
      request.change("WORKDIR " + process.workingDir());
    }
  }

  private static String json(List<String> words) {
    return new String(WireJson.bytes(words), StandardCharsets.UTF_8);
  }

  private static String assignment(String text) {
    int equals = text.indexOf('=');
    String value = text.substring(equals + 1).replaceAll("([\\\\\"$])", "\\\\$1");
    return text.substring(0, equals) + "=\"" + value + "\"";
  }
}
