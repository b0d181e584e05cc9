package io.berth.build;

import io.berth.api.BuildLender;
import io.berth.api.ContextSource;
import io.berth.api.Progress;
import io.berth.api.Provenance;
import io.berth.dockerfile.Dockerfile;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import io.berth.registry.CredentialSource;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What a build request has collected.
 *
 * @param platforms that the image is to be for; the host's when there is none
 * @param credentials for the registries of base images, before the engine's own
 */
record BuildOptions(
    Input input,
    Map<String, String> args,
    Optional<String> target,
    List<Platform> platforms,
    boolean pull,
    CredentialSource credentials,
    Caching caching,
    Running running,
    Result result,
    Progress progress) {
  BuildOptions {
    args = ordered(args);
    platforms = List.copyOf(platforms);
  }

  /** The platform of an image, where it is for one. */
  Optional<Platform> platform() {
    return platforms.stream().findFirst();
  }

  /** One for each platform. */
  List<BuildOptions> each() {
    return platforms.size() < 2
        ? List.of(this)
        : platforms.stream().map(platform -> on(List.of(platform))).toList();
  }

  private BuildOptions on(List<Platform> some) {
    return new BuildOptions(
        input, args, target, some, pull, credentials, caching, running, result, progress);
  }

  /**
   * Where the Dockerfile and the files come from.
   *
   * @param file of the Dockerfile; in the context, when that is no directory of this host
   * @param contexts by their names
   */
  record Input(
      Optional<ContextSource> context,
      Optional<Path> file,
      Optional<Dockerfile> dockerfile,
      Map<String, ContextSource> contexts) {
    Input {
      contexts = ordered(contexts);
    }
  }

  /**
   * Which caches are used and written.
   *
   * @param use whether cached results are used; results are stored in any case
   * @param without stages whose steps are all run
   */
  record Caching(boolean use, Set<String> without, List<CacheSource> from, List<CacheSource> to) {
    Caching {
      without = Set.copyOf(without);
      from = List.copyOf(from);
      to = List.copyOf(to);
    }
  }

  /**
   * What RUN steps find.
   *
   * @param allowed rights that they may ask for
   * @param lender of other secrets and agents
   */
  record Running(
      StepRunner.Surroundings surroundings,
      Set<String> allowed,
      Map<String, Supplier<byte[]>> secrets,
      Map<String, List<Path>> agents,
      BuildLender lender) {
    Running {
      allowed = Set.copyOf(allowed);
      secrets = Map.copyOf(secrets);
      agents = Map.copyOf(agents);
    }
  }

  /**
   * What becomes of the image.
   *
   * @param squash whether it has one layer besides those of its base
   * @param rewriteTimestamps whether no file of a new layer is younger than SOURCE_DATE_EPOCH
   */
  record Result(
      List<Reference> tags,
      Map<String, String> labels,
      boolean squash,
      boolean rewriteTimestamps,
      Provenance provenance) {
    Result {
      tags = List.copyOf(tags);
      labels = ordered(labels);
    }
  }

  private static <V> Map<String, V> ordered(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }
}
