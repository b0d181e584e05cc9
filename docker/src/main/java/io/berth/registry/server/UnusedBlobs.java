package io.berth.registry.server;

import io.berth.error.InvalidInputException;
import io.berth.oci.Digest;
import io.berth.oci.Manifest;
import io.berth.oci.RootDocument;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes blobs that no manifest of their repository refers to. Clients push blobs first and the
 * manifest last, and ask for blobs that they need not push; so what was pushed or asked for of late
 * stays.
 */
final class UnusedBlobs {
  private static final Duration GRACE = Duration.ofHours(1);

  private final Repositories repositories;
  private final Manifests manifests;
  private final Clock clock;

  UnusedBlobs(Repositories repositories, Manifests manifests, Clock clock) {
    this.repositories = repositories;
    this.manifests = manifests;
    this.clock = clock;
  }

  /** Of all repositories; how many were removed. */
  int remove() {
    return repositories.all().stream().mapToInt(this::remove).sum();
  }

  /** Of one repository; how many were removed. */
  int remove(String repository) {
    Instant limit = clock.instant().minus(GRACE);
    RepositoryFiles files = repositories.files(repository);
    if (LinkFiles.digests(files.blobs()).isEmpty()) {
      return 0;
    }
    return repositories.removing(
        () -> {
          Set<Digest> used = used(repository);
          List<Digest> unused =
              LinkFiles.digests(files.blobs()).stream()
                  .filter(blob -> !used.contains(blob))
                  .filter(blob -> LinkFiles.isOlder(files.blob(blob), limit))
                  .toList();
          for (Digest blob : unused) {
            LinkFiles.delete(files.blob(blob));
            repositories.removeUnlessUsed(blob);
          }
          return unused.size();
        });
  }

  private Set<Digest> used(String repository) {
    Set<Digest> used = new HashSet<>();
    for (Digest digest : LinkFiles.digests(repositories.files(repository).manifests())) {
      manifests
          .get(repository, digest)
          .ifPresent(
              stored -> {
                if (parse(stored) instanceof Manifest manifest) {
                  used.add(manifest.config().digest());
                  manifest.layers().forEach(layer -> used.add(layer.digest()));
                }
              });
    }
    return used;
  }

  private static RootDocument parse(Manifests.Stored stored) {
    try {
      return RootDocument.parse(stored.bytes(), stored.mediaType());
    } catch (InvalidInputException e) {
      throw new IllegalStateException("The registry has a bad manifest: " + stored.digest(), e);
    }
  }
}
