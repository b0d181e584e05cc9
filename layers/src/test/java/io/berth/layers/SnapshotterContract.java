package io.berth.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.error.ConflictException;
import io.berth.error.NotFoundException;
import io.berth.linux.Metadata;
import io.berth.linux.RootDir;
import io.berth.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every {@link Snapshotter} must do; each driver has a test class that extends this. */
abstract class SnapshotterContract extends LayersContract {
  @Test
  void showsTheLayersOfAStackMerged() throws IOException {
    commit("base", Optional.empty(), new Tars().dir("etc", 0755).file("etc/a", "1"));
    commit("top", Optional.of("base"), new Tars().file("etc/b", "2").file("etc/a", "new"));

    try (RootDir root = SnapshotViews.open(snapshots.prepare("c", Optional.of("top")))) {
      assertThat(text(root, "/etc/a")).isEqualTo("new");
      assertThat(text(root, "/etc/b")).isEqualTo("2");
      assertThat(root.stat("/etc").orElseThrow().mode()).isEqualTo(0755);
    }
  }

  @Test
  void keepsWhatIsWrittenToAnActiveSnapshotAwayFromItsParent() throws IOException {
    commit("base", Optional.empty(), new Tars().file("a", "1"));

    write(snapshots.prepare("one", Optional.of("base")), "/a", "changed");

    try (RootDir base = SnapshotViews.open(snapshots.mount("base"));
        RootDir two = SnapshotViews.open(snapshots.prepare("two", Optional.of("base")))) {
      assertThat(text(base, "/a")).isEqualTo("1");
      assertThat(text(two, "/a")).isEqualTo("1");
      assertThatThrownBy(() -> base.remove("/a")).hasMessageContaining("EROFS");
    }
  }

  @Test
  void mayBeginWithWhatAnEarlierSnapshotHasChanged() throws IOException {
    commit("base", Optional.empty(), new Tars().file("a", "1"));
    commit(
        "earlier",
        Optional.of("base"),
        new Tars().dir("d", 0755).file("d/kept", "1").file("d/gone", "1").file("d/new", "old"));
    Optional<RootMount> over = snapshots.prepareOver("c", Optional.of("base"), "earlier");
    assumeTrue(over.isPresent(), "this driver copies");
    try (RootDir root = SnapshotViews.open(over.get())) {
      root.remove("/d/gone");
      put(root, "/d/new", "new");
    }

    assertThat(snapshots.changes("c"))
        .extracting(PathChange::path)
        .containsExactly("/d", "/d/kept", "/d/new");
    assertThatThrownBy(() -> snapshots.remove("earlier")).isInstanceOf(ConflictException.class);
    snapshots.commit("c", "later");
    ByteArrayOutputStream tar = new ByteArrayOutputStream();
    snapshots.diff("later", tar);
    snapshots.prepare("copy", Optional.of("base"));
    snapshots.apply("copy", new ByteArrayInputStream(tar.toByteArray()));
    snapshots.commit("copy", "applied");
    assertThat(listing("later")).isEqualTo(listing("applied"));
    try (RootDir root = SnapshotViews.open(snapshots.prepare("on top", Optional.of("later")))) {
      assertThat(names(root, "/d")).containsExactly("kept", "new");
    }
    try (RootDir root = SnapshotViews.open(snapshots.mount("earlier"))) {
      assertThat(names(root, "/d")).containsExactly("gone", "kept", "new");
      assertThat(text(root, "/d/new")).isEqualTo("old");
    }

    snapshots.remove("on top");
    snapshots.remove("later");
    snapshots.remove("earlier");
    assertThat(snapshots.prepareOver("d", Optional.of("base"), "earlier")).isEmpty();
  }

  @Test
  void listsWhatASnapshotChanges() throws IOException {
    commit(
        "base",
        Optional.empty(),
        new Tars()
            .dir("d", 0755)
            .file("d/changed", "1")
            .file("d/kept", "1")
            .dir("gone", 0755)
            .file("gone/x", "1")
            .dir("again", 0755)
            .dir("again/sub", 0755)
            .file("again/sub/x", "1")
            .symlink("link", "d")
            .dir("mode", 0755));
    try (RootDir root = SnapshotViews.open(snapshots.prepare("c", Optional.of("base")))) {
      put(root, "/d/changed", "22");
      put(root, "/d/new", "3");
      root.remove("/gone");
      root.remove("/again");
      root.makeDirectories("/again/sub", Metadata.of(0755, 0, 0));
      root.remove("/link");
      root.makeDirectories("/link", Metadata.of(0755, 0, 0));
      put(root, "/link/kept", "1");
      root.setMetadata("/mode", Metadata.of(0700, 0, 0));
    }

    assertThat(snapshots.changes("c").stream().map(PathChange::toString))
        .containsExactly(
            "C /again",
            "C /again/sub",
            "D /again/sub/x",
            "C /d",
            "C /d/changed",
            "A /d/new",
            "D /gone",
            "C /link",
            "A /link/kept",
            "C /mode");
    assertThat(snapshots.changes("base").stream().map(PathChange::toString))
        .contains("A /d", "A /d/kept", "A /link");
  }

  @Test
  void writesALayerThatGivesTheSameFilesAgain() throws IOException {
    commit(
        "base",
        Optional.empty(),
        new Tars().dir("d", 0755).file("d/a", "1").file("d/b", "1").file("keep", "1"));
    RootMount mount = snapshots.prepare("work", Optional.of("base"));
    try (RootDir root = SnapshotViews.open(mount)) {
      root.remove("/d/a");
      root.makeDirectories("/d/new/deep", Metadata.of(0750, 5, 6));
      put(root, "/d/new/deep/f", "content");
      root.setXattr("/d/new/deep/f", "user.test", new byte[] {0, -1, 10});
      root.symlink("/d/s", "b", 7, 8, Optional.empty());
      root.remove("/d/b");
      root.makeDirectories("/d/b", Metadata.of(0700, 0, 0));
    }

    ByteArrayOutputStream layer = new ByteArrayOutputStream();
    Snapshotter.LayerDigest written = snapshots.diff("work", layer);
    snapshots.prepare("again", Optional.of("base"));
    Snapshotter.LayerDigest read =
        snapshots.apply("again", new ByteArrayInputStream(layer.toByteArray()));

    assertThat(read).isEqualTo(written);
    assertThat(written.diffId()).isEqualTo(Digest.sha256(layer.toByteArray()));
    assertThat(listing("again")).isEqualTo(listing("work"));
    assertThat(new TarListing(layer.toByteArray()).names())
        .contains("d/", "d/.wh.a", "d/new/deep/f", "d/s", "d/b/")
        .doesNotContain("keep", "./");
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    snapshots.diff("work", twice);
    assertThat(twice.toByteArray()).isEqualTo(layer.toByteArray());
  }

  @Test
  void writesNothingWhenNothingChanged() throws IOException {
    commit("base", Optional.empty(), new Tars().dir("d", 0755).file("d/a", "1"));
    snapshots.prepare("same", Optional.of("base"));

    ByteArrayOutputStream layer = new ByteArrayOutputStream();
    snapshots.diff("same", layer);

    assertThat(layer.toByteArray()).isEqualTo(new byte[1024]);
  }

  @Test
  void refusesATakenKeyAndAnActiveParent() {
    snapshots.prepare("a", Optional.empty());

    assertThatThrownBy(() -> snapshots.prepare("a", Optional.empty()))
        .isInstanceOf(ConflictException.class);
    assertThatThrownBy(() -> snapshots.prepare("b", Optional.of("a")))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> snapshots.prepare("b", Optional.of("none")))
        .isInstanceOf(NotFoundException.class);
    assertThat(snapshots.list()).extracting(SnapshotInfo::key).containsExactly("a");
  }

  @Test
  void keepsTheFirstCommitOfAName() throws IOException {
    commit("name", Optional.empty(), new Tars().file("f", "first"));
    commit("name", Optional.empty(), new Tars().file("f", "second"));

    try (RootDir root = SnapshotViews.open(snapshots.mount("name"))) {
      assertThat(text(root, "/f")).isEqualTo("first");
    }
    assertThat(snapshots.list()).containsExactly(new SnapshotInfo("name", Optional.empty(), true));
  }

  @Test
  void doesNotRemoveAParentInUse() {
    snapshots.prepare("a", Optional.empty());
    snapshots.commit("a", "base/with strange:key");
    snapshots.prepare("child", Optional.of("base/with strange:key"));

    assertThatThrownBy(() -> snapshots.remove("base/with strange:key"))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining("child");
    snapshots.remove("child");
    snapshots.remove("base/with strange:key");
    snapshots.remove("never was");

    assertThat(snapshots.list()).isEmpty();
  }

  @Test
  void isThereAgainAfterReopeningAndDropsLeftoversOfACrash() throws IOException {
    commit("base", Optional.empty(), new Tars().file("f", "1"));
    snapshots.prepare("active", Optional.of("base"));
    Path leftover = Files.createDirectories(data.resolve("snapshots/77/fs"));

    try (Snapshotter second = open(data)) {
      assertThat(leftover).exists(); // the first still has it open
      assertThat(second.list()).hasSize(2);
    }
    snapshots.close();
    snapshots = open(data);

    assertThat(leftover).doesNotExist();
    assertThat(snapshots.stat("active"))
        .contains(new SnapshotInfo("active", Optional.of("base"), false));
  }

  @Test
  void takesPreparesAndRemovesFromManyThreads() throws Exception {
    commit("base", Optional.empty(), new Tars().file("f", "1"));
    try (Snapshotter other = open(data)) {
      List<Thread> threads = new ArrayList<>();
      List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
      for (int i = 0; i < 8; i++) {
        Snapshotter mine = i % 2 == 0 ? snapshots : other;
        int number = i;
        Thread thread =
            new Thread(
                () -> {
                  for (int round = 0; round < 20; round++) {
                    String key = number + "-" + round;
                    mine.prepare(key, Optional.of("base"));
                    if (round % 2 == 0) {
                      mine.remove(key);
                    } else {
                      mine.commit(key, "shared-" + round);
                    }
                  }
                });
        thread.setUncaughtExceptionHandler((t, e) -> failures.add(e));
        threads.add(thread);
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failures).isEmpty();
    }
    assertThat(snapshots.list()).hasSize(11);
  }
}
