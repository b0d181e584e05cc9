package io.berth.build;

import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.api.StorageUsage.OfBuild;
import io.berth.error.ConflictException;
import io.berth.image.CachedLayers;
import io.berth.image.ImageStore;
import io.berth.internal.AtomicFile;
import io.berth.layers.SnapshotInfo;
import io.berth.layers.Snapshotter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the build cache within bounds: the least recently used results of steps, cache mounts and
 * downloads go first. A layer goes when no result, no image and nothing on top of it needs it any
 * more, and only while no build and no container that is being made works with layers.
 */
public final class BuildCachePruner {
  // Of a context that was not built for so long its files are read once more.
  private static final Duration UNUSED = Duration.ofDays(30);

  private final StepRecords steps;
  private final CacheDirectories mounts;
  private final DownloadedFiles downloads;
  private final CopyTrees copies;
  private final StatCaches statCaches;
  private final ImageStore store;
  private final Snapshotter snapshotter;

  public BuildCachePruner(Path dataDirectory, ImageStore store) {
    BuildDirectories directories = new BuildDirectories(dataDirectory.resolve("cache"));
    this.steps = new StepRecords(directories.steps());
    this.mounts = new CacheDirectories(store.snapshotter().access(), directories.mounts());
    this.downloads = new DownloadedFiles(directories.downloads());
    this.copies = new CopyTrees(directories.copies());
    this.statCaches = new StatCaches(directories.statCache());
    this.store = store;
    this.snapshotter = store.snapshotter();
  }

  /** What is in the cache. */
  public List<OfBuild> entries() {
    Set<String> used = store.usedSnapshots();
    Set<String> seen = new HashSet<>();
    List<OfBuild> entries = new ArrayList<>();
    for (StepRecords.Entry step : steps.all()) {
      long size = step.snapshot().filter(seen::add).map(snapshotter::usage).orElse(0L);
      boolean shared = step.snapshot().map(used::contains).orElse(false);
      entries.add(new OfBuild(step.id(), "step", size, shared, step.lastUsed()));
    }
    for (CacheDirectories.Entry mount : mounts.all()) {
      entries.add(new OfBuild(mount.id(), "mount", mount.size(), false, mount.lastUsed()));
    }
    for (DownloadedFiles.Entry file : downloads.all()) {
      entries.add(new OfBuild(file.id(), "download", file.size(), false, file.lastUsed()));
    }
    return entries;
  }

  /**
   * Removes from it until it is small enough; nothing while somebody works with layers.
   *
   * @param keep bytes that may stay
   */
  public Pruned prune(long keep, PruneFilter filter) {
    return store.alone(used -> new Run(used, filter).until(keep)).orElse(Pruned.NOTHING);
  }

  /**
   * Something that can go.
   *
   * @param needed when it, or what rests on it, was used last
   * @param depth how many layers are below its own
   * @param frees whether its going can give space back
   */
  private record Candidate(
      Instant needed, int depth, Instant lastUsed, boolean frees, Runnable remove) {}

  private final class Run {
    private final Set<String> used;
    private final PruneFilter filter;
    private final Map<String, Integer> claims = new HashMap<>();
    private final Map<String, Long> sizes = new HashMap<>();
    private final Set<String> unclaimed = new HashSet<>();
    private final List<String> removed = new ArrayList<>();
    private long total;
    private long freed;

    Run(Set<String> used, PruneFilter filter) {
      this.used = used;
      this.filter = filter;
    }

    Pruned until(long keep) {
      Map<String, Optional<String>> parents = new HashMap<>();
      for (SnapshotInfo snapshot : snapshotter.list()) {
        parents.put(snapshot.key(), snapshot.parent());
        if (snapshot.committed() && !used.contains(snapshot.key())) {
          long size = snapshotter.usage(snapshot.key());
          sizes.put(snapshot.key(), size);
          total += size;
        }
      }
      List<StepRecords.Entry> records = steps.all();
      Map<String, Instant> needed = new HashMap<>();
      for (StepRecords.Entry step : records) {
        step.snapshot().ifPresent(snapshot -> claims.merge(snapshot, 1, Integer::sum));
        for (Optional<String> at = step.snapshot(); at.isPresent(); at = parent(parents, at)) {
          needed.merge(at.get(), step.lastUsed(), (a, b) -> a.isAfter(b) ? a : b);
        }
      }
      sizes.keySet().stream().filter(key -> !claims.containsKey(key)).forEach(unclaimed::add);
      List<Candidate> candidates = new ArrayList<>();
      for (StepRecords.Entry step : records) {
        candidates.add(
            new Candidate(
                step.snapshot().map(needed::get).orElse(step.lastUsed()),
                depth(parents, step.snapshot()),
                step.lastUsed(),
                step.snapshot().filter(sizes::containsKey).isPresent(),
                () -> remove(step)));
      }
      for (CacheDirectories.Entry mount : mounts.all()) {
        total += mount.size();
        candidates.add(
            new Candidate(mount.lastUsed(), 0, mount.lastUsed(), true, () -> remove(mount)));
      }
      for (DownloadedFiles.Entry file : downloads.all()) {
        total += file.size();
        candidates.add(
            new Candidate(file.lastUsed(), 0, file.lastUsed(), true, () -> remove(file)));
      }
      removeLeaves();
      candidates.sort(
          Comparator.comparing(Candidate::needed)
              .thenComparing(Comparator.comparing(Candidate::depth).reversed()));
      for (Candidate candidate : candidates) {
        if (keep > 0 && total <= keep) {
          break;
        }
        if ((keep == 0 || candidate.frees()) && filter.allows(candidate.lastUsed(), Map.of())) {
          candidate.remove().run();
        }
      }
      forgetWhatIsGone();
      statCaches.removeIf(
          used ->
              used.isBefore(Instant.now().minus(UNUSED))
                  || keep == 0 && filter.allows(used, Map.of()));
      return new Pruned(removed, freed);
    }

    private void forgetWhatIsGone() {
      CachedLayers cached = store.cachedLayers();
      cached.all().stream().filter(key -> claims.getOrDefault(key, 0) == 0).forEach(cached::forget);
      copies.removeIf(snapshot -> snapshotter.stat(snapshot).isEmpty());
    }

    private static Optional<String> parent(
        Map<String, Optional<String>> parents, Optional<String> of) {
      return of.flatMap(key -> parents.getOrDefault(key, Optional.empty()));
    }

    private static int depth(Map<String, Optional<String>> parents, Optional<String> of) {
      int depth = 0;
      for (Optional<String> at = of; at.isPresent(); at = parent(parents, at)) {
        depth++;
      }
      return depth;
    }

    private void remove(StepRecords.Entry step) {
      AtomicFile.delete(step.file());
      removed.add(step.id());
      Optional<String> snapshot =
          step.snapshot().filter(s -> claims.merge(s, -1, Integer::sum) == 0);
      if (snapshot.filter(sizes::containsKey).isPresent()) {
        unclaimed.add(snapshot.get());
        removeLeaves();
      }
    }

    private void remove(DownloadedFiles.Entry file) {
      downloads.remove(file);
      removed.add(file.id());
      count(file.size());
    }

    private void remove(CacheDirectories.Entry mount) {
      if (mounts.remove(mount)) {
        removed.add(mount.id());
        count(mount.size());
      }
    }

    /** Removes those that nothing rests on; this may bare others. */
    private void removeLeaves() {
      boolean progress = true;
      while (progress) {
        progress = false;
        for (String key : List.copyOf(unclaimed)) {
          try {
            snapshotter.remove(key);
          } catch (ConflictException e) {
            continue; // a container, an image or another step rests on it
          }
          unclaimed.remove(key);
          count(sizes.get(key));
          progress = true;
        }
      }
    }

    private void count(long bytes) {
      total -= bytes;
      freed += bytes;
    }
  }
}
