package io.berth.build;

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
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import io.berth.registry.CredentialSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Collects what a build needs. Not thread-safe. */
final class DefaultBuildRequest implements BuildRequest {
  private static final Set<String> RIGHTS = Set.of(RunRights.NETWORK_HOST, RunRights.INSECURE);

  private final Function<BuildOptions, BuildResult> build;
  private final Optional<Dockerfile> dockerfile;
  private final Map<String, ContextSource> contexts = new LinkedHashMap<>();
  private final List<Reference> tags = new ArrayList<>();
  private final Map<String, String> args = new LinkedHashMap<>();
  private final Map<String, String> labels = new LinkedHashMap<>();
  private final Set<String> withoutCache = new LinkedHashSet<>();
  private final List<CacheSource> cacheFrom = new ArrayList<>();
  private final List<CacheSource> cacheTo = new ArrayList<>();
  private final List<String> hosts = new ArrayList<>();
  private final Map<String, Supplier<byte[]>> secrets = new LinkedHashMap<>();
  private final Map<String, List<Path>> agents = new LinkedHashMap<>();
  private final Set<String> allowed = new LinkedHashSet<>();
  private final List<Ulimit> ulimits = new ArrayList<>();
  private Optional<ContextSource> context;
  private Optional<Path> file = Optional.empty();
  private Optional<String> target = Optional.empty();
  private List<Platform> platforms = List.of();
  private Optional<Long> shmSize = Optional.empty();
  private NetworkMode network = NetworkMode.DEFAULT;
  private Resources resources = Resources.none();
  private Provenance provenance = Provenance.NONE;
  private Progress progress = Progress.none();
  private CredentialSource credentials = CredentialSource.none();
  private BuildLender lender = BuildLender.none();
  private boolean useCache = true;
  private boolean pull;
  private boolean squash;
  private boolean rewriteTimestamps;

  DefaultBuildRequest(
      Optional<ContextSource> context,
      Optional<Dockerfile> dockerfile,
      Function<BuildOptions, BuildResult> build) {
    this.context = context;
    this.dockerfile = dockerfile;
    this.build = build;
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
  public BuildRequest file(Path path) {
    file = Optional.of(path);
    return this;
  }

  @Override
  public BuildRequest buildContext(String name, ContextSource source) {
    contexts.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(source, "source"));
    return this;
  }

  @Override
  public BuildRequest tag(String reference) {
    tags.add(Reference.parse(reference));
    return this;
  }

  @Override
  public BuildRequest arg(String name, String value) {
    args.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
    return this;
  }

  @Override
  public BuildRequest label(String name, String value) {
    labels.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
    return this;
  }

  @Override
  public BuildRequest target(String stage) {
    target = Optional.of(stage);
    return this;
  }

  @Override
  public BuildRequest platform(String text) {
    platforms = Stream.of(text.split(",")).map(Platform::parse).distinct().toList();
    return this;
  }

  @Override
  public BuildRequest pull() {
    pull = true;
    return this;
  }

  @Override
  public BuildRequest credentials(CredentialSource own) {
    credentials = Objects.requireNonNull(own, "credentials");
    return this;
  }

  @Override
  public BuildRequest noCache() {
    useCache = false;
    return this;
  }

  @Override
  public BuildRequest noCache(String stage) {
    withoutCache.add(stage);
    return this;
  }

  @Override
  public BuildRequest cacheFrom(String cache) {
    cacheFrom.add(CacheSource.parse(cache));
    return this;
  }

  @Override
  public BuildRequest cacheTo(String cache) {
    cacheTo.add(CacheSource.parse(cache));
    return this;
  }

  @Override
  public BuildRequest network(NetworkMode mode) {
    network = Objects.requireNonNull(mode, "mode");
    return this;
  }

  @Override
  public BuildRequest addHost(String name, String address) {
    hosts.add(name + ":" + address);
    return this;
  }

  @Override
  public BuildRequest secret(String id, byte[] value) {
    byte[] copy = value.clone();
    secrets.put(Objects.requireNonNull(id, "id"), () -> copy);
    return this;
  }

  @Override
  public BuildRequest secret(String id, Path path) {
    if (!Files.isReadable(path)) {
      throw new NotFoundException("The file of the secret " + id + " cannot be read: " + path);
    }
    secrets.put(Objects.requireNonNull(id, "id"), () -> read(id, path));
    return this;
  }

  private static byte[] read(String id, Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new NotFoundException("Cannot read the secret " + id + " from " + path + ": " + e, e);
    }
  }

  @Override
  public BuildRequest ssh(String id, Path... socketOrKeys) {
    for (Path path : socketOrKeys) {
      if (!Files.exists(path)) {
        throw new NotFoundException("No agent's socket or key for ssh " + id + ": " + path);
      }
    }
    if (socketOrKeys.length == 0) {
      throw new InvalidInputException("Expected an agent's socket or keys for ssh " + id);
    }
    agents.put(id, List.of(socketOrKeys));
    return this;
  }

  @Override
  public BuildRequest lender(BuildLender other) {
    lender = Objects.requireNonNull(other, "lender");
    return this;
  }

  @Override
  public BuildRequest allow(String right) {
    if (!RIGHTS.contains(right)) {
      throw new InvalidInputException(
          "Unknown right \"" + right + "\": expected network.host or security.insecure");
    }
    allowed.add(right);
    return this;
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
    rewriteTimestamps = true;
    return this;
  }

  @Override
  public BuildRequest provenance(Provenance mode) {
    provenance = Objects.requireNonNull(mode, "mode");
    return this;
  }

  @Override
  public BuildRequest progress(Progress listener) {
    progress = Objects.requireNonNull(listener, "listener");
    return this;
  }

  @Override
  public Image execute() {
    return executeForResult().image();
  }

  @Override
  public BuildResult executeForResult() {
    StepRunner.Surroundings surroundings =
        new StepRunner.Surroundings(
            network,
            args.getOrDefault("BUILDKIT_SANDBOX_HOSTNAME", StepRunner.Surroundings.HOSTNAME),
            hosts,
            false,
            shmSize,
            ulimits,
            resources);
    return build.apply(
        new BuildOptions(
            new BuildOptions.Input(context, file, dockerfile, contexts),
            args,
            target,
            platforms,
            pull,
            credentials,
            new BuildOptions.Caching(useCache, withoutCache, cacheFrom, cacheTo),
            new BuildOptions.Running(surroundings, allowed, secrets, agents, lender),
            new BuildOptions.Result(tags, labels, squash, rewriteTimestamps, provenance),
            progress));
  }
}
