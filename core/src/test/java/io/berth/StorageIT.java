package io.berth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.api.Storage.BuildCachePrune;
import io.berth.api.StorageUsage;
import io.berth.api.StorageUsage.OfBuild;
import io.berth.dockerfile.Dockerfile;
import io.berth.error.BerthException;
import io.berth.error.NotFoundException;
import io.berth.testing.TestEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class StorageIT {
  private static final long LIMIT = 5 << 20;

  @RegisterExtension
  static final TestEngine FIXTURE = TestEngine.with(builder -> builder.buildCacheLimit(LIMIT));

  private final List<Container> made = new ArrayList<>();

  @AfterEach
  void clean() {
    made.forEach(c -> c.remove(true, true));
    FIXTURE.engine().images().list().stream()
        .filter(image -> image.tags().stream().noneMatch(t -> t.familiar().equals("busybox:test")))
        .forEach(image -> FIXTURE.engine().images().remove(image.id().toString(), true));
    FIXTURE.engine().storage().pruneBuildCache(BuildCachePrune.ALL);
  }

  private static Image build(Engine engine, String name, int megabytes) {
    return engine
        .images()
        .build(
            Dockerfile.from(TestEngine.IMAGE)
                .run("head -c " + megabytes + "000000 /dev/urandom >/" + name)
                .run("echo -n done >/mark"))
        .execute();
  }

  /** A build whose first stage is in no image: it is in the cache alone. */
  private static Image stages(Engine engine, String name, int megabytes) {
    String text =
        """
        FROM busybox:test AS first
        RUN head -c %d000000 /dev/urandom >/%s; echo -n done >/mark
        FROM busybox:test
        COPY --from=first /mark /mark
        LABEL name=%s
        """
            .formatted(megabytes, name, name);
    return engine.images().build(Dockerfile.parse(text, "Dockerfile")).execute();
  }

  private static boolean isCached(Engine engine, String name, int megabytes) {
    long before =
        engine.storage().usage().buildCache().stream().filter(e -> e.kind().equals("step")).count();
    Image image = stages(engine, name, megabytes);
    long after =
        engine.storage().usage().buildCache().stream().filter(e -> e.kind().equals("step")).count();
    return before == after && image.size() > 0;
  }

  @Test
  void figuresAddUp() {
    Engine engine = FIXTURE.engine();
    Image image = build(engine, "big", 2);
    Container container =
        engine
            .containers()
            .create(image)
            .command("sh", "-c", "head -c 1000000 /dev/zero >/w; head -c 500000 /dev/urandom >/v/f")
            .volume("vol", "/v")
            .start();
    made.add(container);
    container.waitForExit();

    StorageUsage usage = engine.storage().usage();

    assertThat(usage.images()).hasSize(2);
    assertThat(usage.images())
        .filteredOn(i -> i.id().equals(image.id()))
        .singleElement()
        .satisfies(
            i -> {
              assertThat(i.containers()).isEqualTo(1);
              assertThat(i.size()).isEqualTo(image.size());
              assertThat(i.shared()).isBetween(1_000_000L, i.size() - 2_000_000);
            });
    assertThat(usage.layers()).isEqualTo(image.size());
    assertThat(usage.containers())
        .singleElement()
        .satisfies(c -> assertThat(c.written()).isBetween(1_000_000L, 1_100_000L));
    assertThat(usage.volumes())
        .singleElement()
        .satisfies(v -> assertThat(v.size()).isBetween(500_000L, 600_000L));
    assertThat(usage.buildCache()).allSatisfy(e -> assertThat(e.shared()).isTrue());
    assertThat(usage.reclaimableBuildCache()).isZero();
    container.remove(true);
    engine.volumes().remove("vol", false);
  }

  @Test
  void pruningRemovesWhatIsNotUsed() {
    Engine engine = FIXTURE.engine();
    Image used = build(engine, "used", 1);
    Image loose = build(engine, "loose", 1);
    engine.images().tag(used.id().toString(), "used:1");
    Container stopped =
        engine.containers().create(used).command("sh", "-c", "echo >/x").label("a", "1").start();
    stopped.waitForExit();

    assertThat(
            engine
                .images()
                .prune(false, new PruneFilter(Optional.empty(), List.of("no"), List.of()))
                .names())
        .isEmpty();
    Pruned dangling = engine.images().prune(false, PruneFilter.ALL);
    assertThat(dangling.names()).contains("Deleted: " + loose.id());
    assertThat(engine.images().find(used.id().toString())).isPresent();
    assertThat(
            engine
                .containers()
                .prune(new PruneFilter(Optional.empty(), List.of("a=2"), List.of()))
                .names())
        .isEmpty();
    assertThat(engine.containers().prune(PruneFilter.ALL).names()).containsExactly(stopped.id());
    engine.images().prune(true, PruneFilter.ALL);
    assertThat(engine.images().find("used:1")).isEmpty();
    // The base was removed with them; the other tests want it.
    FIXTURE.importImage();
  }

  @Test
  void theBuildCacheStaysWithinItsLimitAndKeepsWhatWasUsedLast() {
    Engine engine = FIXTURE.engine();
    for (String name : List.of("aa", "bb")) {
      stages(engine, name, 2);
    }
    assertThat(isCached(engine, "aa", 2)).isTrue();

    stages(engine, "cc", 2);
    stages(engine, "dd", 1);

    assertThat(engine.storage().usage().reclaimableBuildCache()).isBetween(1_000_000L, LIMIT);
    assertThat(isCached(engine, "aa", 2)).isTrue();
    assertThat(isCached(engine, "bb", 2)).isFalse();
  }

  @Test
  void nothingThatIsInUseIsEvicted() {
    Engine engine = FIXTURE.engine();
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      images.add(build(engine, "in-use" + i, 2));
    }

    stages(engine, "loose", 1);

    assertThat(engine.storage().pruneBuildCache(BuildCachePrune.ALL).bytes())
        .isBetween(1_000_000L, 1_100_000L);

    for (Image image : images) {
      try (Container container =
          engine.containers().create(image).command("cat", "/mark").start()) {
        assertThat(container.waitForExit()).isZero();
        assertThat(container.logs().stdout()).isEqualTo("done");
      }
    }
    assertThat(engine.storage().usage().buildCache()).isEmpty();
  }

  @Test
  void buildsAtOnceAreNotHurtByEviction() throws Exception {
    Engine engine = FIXTURE.engine();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (Engine other = FIXTURE.open(FIXTURE.dataDirectory())) {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        int n = i;
        results.add(
            threads.submit(
                () -> {
                  Engine at = n % 2 == 0 ? engine : other;
                  Image image = stages(at, "n" + n % 6, 1);
                  Optional<Boolean> whole = isWhole(at, image);
                  while (whole.isEmpty()) {
                    image = stages(at, "n" + n % 6, 1);
                    whole = isWhole(at, image);
                  }
                  try {
                    at.images().remove(image.id().toString(), true);
                  } catch (BerthException e) {
                    // Another thread has made the same image and a container of it.
                  }
                  at.storage().pruneBuildCache(new BuildCachePrune(1, PruneFilter.ALL));
                  return whole.get();
                }));
      }
      for (Future<Boolean> result : results) {
        assertThat(result.get()).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Empty when another thread, which has built the same image, has removed it. */
  private static Optional<Boolean> isWhole(Engine engine, Image image) {
    try (Container container = engine.containers().create(image).command("cat", "/mark").start()) {
      return Optional.of(container.waitForExit() == 0 && container.logs().stdout().equals("done"));
    } catch (NotFoundException e) {
      return Optional.empty();
    }
  }

  @Test
  void cacheMountsAreCountedAndPruned() {
    Engine engine = FIXTURE.engine();
    Dockerfile dockerfile =
        Dockerfile.parse(
            "FROM busybox:test\nRUN --mount=type=cache,target=/c head -c 1000000 /dev/urandom >/c/f\n",
            "Dockerfile");
    engine.images().build(dockerfile).execute();

    assertThat(engine.storage().usage().buildCache())
        .filteredOn(e -> e.kind().equals("mount"))
        .extracting(OfBuild::size)
        .allSatisfy(size -> assertThat(size).isGreaterThan(1_000_000L));
    assertThat(engine.storage().pruneBuildCache(BuildCachePrune.ALL).bytes())
        .isGreaterThan(1_000_000L);
    assertThat(engine.storage().pruneBuildCache(BuildCachePrune.ALL).bytes()).isZero();
    assertThatThrownBy(() -> Berth.builder().buildCacheLimit(0)).isInstanceOf(BerthException.class);
  }
}
