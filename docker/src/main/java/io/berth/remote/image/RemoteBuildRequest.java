package io.berth.remote.image;

import io.berth.api.BuildLender;
import io.berth.api.BuildRequest;
import io.berth.api.BuildResult;
import io.berth.api.ContextSource;
import io.berth.api.Image;
import io.berth.api.NetworkMode;
import io.berth.api.Progress;
import io.berth.api.Provenance;
import io.berth.api.Resources;
import io.berth.api.Ulimit;
import io.berth.dockerfile.Dockerfile;
import io.berth.error.UnsupportedException;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import io.berth.registry.CredentialSource;
import io.berth.remote.call.Call;
import io.berth.server.wire.ProgressLine;
import io.berth.server.wire.UlimitConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Has an engine build an image: with the classic builder, where it has several. */
final class RemoteBuildRequest implements BuildRequest {
  private static final String REGISTRY_CACHE = "type=registry,ref=";

  private final ImagesClient images;
  private final Optional<Dockerfile> dockerfile;
  private final List<Reference> tags = new ArrayList<>();
  private final Map<String, String> args = new LinkedHashMap<>();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private final List<String> cacheFrom = new ArrayList<>();
  private final List<String> hosts = new ArrayList<>();
  private final List<Ulimit> ulimits = new ArrayList<>();
  private Optional<ContextSource> context;
  private Optional<Path> file = Optional.empty();
  private Optional<String> target = Optional.empty();
  private Optional<String> platforms = Optional.empty();
  private Optional<Long> shmSize = Optional.empty();
  private NetworkMode network = NetworkMode.DEFAULT;
  private Resources resources = Resources.none();
  private Progress progress = Progress.none();
  private CredentialSource credentials = CredentialSource.none();
  private boolean noCache;
  private boolean pull;
  private boolean squash;

  RemoteBuildRequest(
      ImagesClient images, Optional<ContextSource> context, Optional<Dockerfile> dockerfile) {
    this.images = images;
    this.context = context;
    this.dockerfile = dockerfile;
  }

  private UnsupportedException cannot(String what) {
    return images
        .api()
        .cannot(what, "build with an embedded engine, and push the image or save it and load it");
  }

  @Override
  public BuildRequest context(Path directory) {
    return context(ContextSource.directory(directory));
  }

  @Override
  public BuildRequest context(ContextSource source) {
    context = Optional.of(source);
    return this;
  }

  @Override
  public BuildRequest file(Path dockerfile) {
    file = Optional.of(dockerfile);
    return this;
  }

  @Override
  public BuildRequest buildContext(String name, ContextSource source) {
    throw cannot("be given the named context " + name);
  }

  @Override
  public BuildRequest tag(String reference) {
    tags.add(Reference.parse(reference).withDefaultTag());
    return this;
  }

  @Override
  public BuildRequest arg(String name, String value) {
    args.put(name, value);
    return this;
  }

  @Override
  public BuildRequest label(String name, String value) {
    labels.put(name, value);
    return this;
  }

  @Override
  public BuildRequest target(String stage) {
    target = Optional.of(stage);
    return this;
  }

  @Override
  public BuildRequest platform(String text) {
    platforms =
        Optional.of(
            Stream.of(text.split(","))
                .map(each -> Platform.parse(each).toString())
                .collect(Collectors.joining(",")));
    return this;
  }

  @Override
  public BuildRequest pull() {
    pull = true;
    return this;
  }

  @Override
  public BuildRequest credentials(CredentialSource own) {
    credentials = own;
    return this;
  }

  @Override
  public BuildRequest noCache() {
    noCache = true;
    return this;
  }

  @Override
  public BuildRequest noCache(String stage) {
    throw cannot("be told to run all steps of the stage " + stage + " alone");
  }

  @Override
  public BuildRequest cacheFrom(String cache) {
    boolean registry = cache.startsWith(REGISTRY_CACHE);
    if (!registry && cache.contains("type=")) {
      throw cannot("take the cache " + cache);
    }
    cacheFrom.add(registry ? cache.substring(REGISTRY_CACHE.length()) : cache);
    return this;
  }

  @Override
  public BuildRequest cacheTo(String cache) {
    throw cannot("write the cache " + cache);
  }

  @Override
  public BuildRequest network(NetworkMode mode) {
    network = mode;
    return this;
  }

  @Override
  public BuildRequest addHost(String name, String address) {
    hosts.add(name + ":" + address);
    return this;
  }

  @Override
  public BuildRequest secret(String id, byte[] value) {
    throw cannot("be lent the secret " + id + " for a build");
  }

  @Override
  public BuildRequest secret(String id, Path file) {
    throw cannot("be lent the secret " + id + " for a build");
  }

  @Override
  public BuildRequest ssh(String id, Path... socketOrKeys) {
    throw cannot("be lent an ssh agent for a build");
  }

  @Override
  public BuildRequest lender(BuildLender lender) {
    throw cannot("be lent secrets for a build");
  }

  @Override
  public BuildRequest allow(String right) {
    throw cannot("be asked for the right " + right + " in a build");
  }

  @Override
  public BuildRequest shmSize(long bytes) {
    shmSize = Optional.of(bytes);
    return this;
  }

  @Override
  public BuildRequest ulimit(Ulimit limit) {
    ulimits.add(limit);
    return this;
  }

  @Override
  public BuildRequest resources(Resources limits) {
    resources = limits;
    return this;
  }

  @Override
  public BuildRequest squash() {
    squash = true;
    return this;
  }

  @Override
  public BuildRequest rewriteTimestamps() {
    throw cannot("be asked to rewrite the times of files");
  }

  @Override
  public BuildRequest provenance(Provenance mode) {
    if (mode != Provenance.NONE) {
      throw cannot("be asked for the provenance of an image");
    }
    return this;
  }

  @Override
  public BuildRequest progress(Progress progress) {
    this.progress = progress;
    return this;
  }

  @Override
  public BuildResult executeForResult() {
    return new BuildResult(execute(), Optional.empty(), List.of());
  }

  @Override
  public Image execute() {
    long begun = System.nanoTime();
    BuildInput input = BuildInput.of(context, dockerfile, file);
    Call call = call(input);
    input.tar().ifPresent(call::tar);
    BuildLines lines =
        new BuildLines(progress, dockerfile.isPresent() ? "Dockerfile" : input.dockerfile());
    call.forEach(ProgressLine.class, lines);
    return images.get(lines.end(System.nanoTime() - begun));
  }

  private Call call(BuildInput input) {
    Call call =
        images
            .api()
            .post("/build")
            .query("version", 1)
            .query("rm", 1)
            .query("forcerm", 1)
            .query("dockerfile", input.dockerfile())
            .query("remote", input.remote())
            .query("target", target)
            .query("platform", platforms)
            .query("shmsize", shmSize)
            .flag("nocache", noCache)
            .flag("pull", pull)
            .flag("squash", squash);
    tags.forEach(t -> call.query("t", t.familiar()));
    if (!args.isEmpty()) {
      call.document("buildargs", args);
    }
    if (!labels.isEmpty()) {
      call.document("labels", labels);
    }
    if (!cacheFrom.isEmpty()) {
      call.document("cachefrom", cacheFrom);
    }
    if (!hosts.isEmpty()) {
      call.query("extrahosts", String.join(",", hosts));
    }
    if (!network.isDefault()) {
      call.query("networkmode", network);
    }
    if (!ulimits.isEmpty()) {
      call.document(
          "ulimits",
          ulimits.stream().map(u -> new UlimitConfig(u.name(), u.hard(), u.soft())).toList());
    }
    limits(call);
    input
        .text()
        .flatMap(text -> RegistryHeader.ofBases(text, credentials.or(images.credentials())))
        .ifPresent(h -> call.header("X-Registry-Config", h));
    return call;
  }

  private void limits(Call call) {
    call.query("memory", resources.memory())
        .query("memswap", resources.memorySwap())
        .query("cpushares", resources.cpuShares())
        .query("cpuperiod", resources.cpuPeriod())
        .query("cpuquota", resources.cpuQuota())
        .query("cpusetcpus", resources.cpusetCpus())
        .query("cpusetmems", resources.cpusetMems());
    if (resources.nanoCpus().isPresent() || resources.pids().isPresent()) {
      throw cannot("be told how many CPUs or processes the steps of a build may have");
    }
  }
}
