package io.berth.build;

import io.berth.image.BaseImages;
import io.berth.image.WorkLease;
import io.berth.layers.Snapshotter;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/**
 * What all stages of one build work with.
 *
 * @param clock stands still when the build has a source date
 * @param epoch the source date
 * @param unpackedLimit the most bytes that an archive may unpack to
 */
record BuildWork(
    BuildInput input,
    BuildOptions options,
    BaseImages images,
    Snapshotter snapshotter,
    WorkLease lease,
    BuildCache cache,
    StepRunner runner,
    CopyTrees copies,
    CacheMounts caches,
    Secrets secrets,
    SshAgents agents,
    CopyParts.Remotes remotes,
    Clock clock,
    Optional<Instant> epoch,
    long unpackedLimit) {

  /** The same for one platform. */
  BuildWork on(BuildOptions one) {
    return new BuildWork(
        input,
        one,
        images,
        snapshotter,
        lease,
        cache,
        runner,
        copies,
        caches,
        secrets,
        agents,
        remotes.forPlatform(),
        clock,
        epoch,
        unpackedLimit);
  }

  Materials materials() {
    return remotes.materials();
  }

  RunRights rights() {
    return new RunRights(options.running().surroundings(), options.running().allowed());
  }

  /** The steps of a stage. */
  Steps steps(String stage) {
    boolean rewrite = options.result().rewriteTimestamps() && epoch.isPresent();
    boolean useCache = options.caching().use() && !options.caching().without().contains(stage);
    return new Steps(
        new LayerSteps(snapshotter, lease, clock, rewrite ? epoch : Optional.empty()),
        cache,
        runner,
        new Steps.Options(useCache, Proxies.in(options.args()), epoch, rewrite),
        clock);
  }
}
