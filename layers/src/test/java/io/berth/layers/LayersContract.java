package io.berth.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.layers.tar.TarType;
import io.berth.linux.Metadata;
import io.berth.linux.RootDir;
import io.berth.linux.Trees;
import io.berth.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every {@link Snapshotter} must do with the tars of layers, hostile ones among them. */
abstract class LayersContract {
  static final byte[] CAPABILITY = {
    1, 0, 0, 2, (byte) 0xff, (byte) 0xa4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
  };

  Path data;
  Snapshotter snapshots;

  /** Opens the driver under test, or skips the test with a reason. */
  abstract Snapshotter open(Path data);

  @BeforeEach
  void openSnapshots() throws IOException {
    data = Files.createTempDirectory("berth-snapshots");
    snapshots = open(data);
  }

  @AfterEach
  void removeSnapshots() {
    if (snapshots != null) {
      snapshots.close();
    }
    clean(data);
  }

  /** Removes the directory that the driver worked in. */
  void clean(Path directory) {
    Trees.remove(directory);
  }

  /** Whether a layer's devices are devices on disk. */
  boolean makesDevices() {
    return true;
  }

  @Test
  void hidesWhatWhiteoutsNameInLowerLayersOnly() throws IOException {
    commit(
        "base",
        Optional.empty(),
        new Tars()
            .file("gone", "1")
            .dir("gonedir", 0755)
            .file("gonedir/x", "1")
            .dir("opaque", 0755)
            .file("opaque/old", "1")
            .dir("replaced", 0755)
            .file("replaced/old", "1"));
    commit(
        "top",
        Optional.of("base"),
        new Tars()
            .file(".wh.gone", "")
            .file(".wh.gonedir", "")
            .file("opaque/new", "2")
            .file("opaque/.wh..wh..opq", "")
            .file(".wh.replaced", "")
            .dir("replaced", 0700)
            .file("replaced/new", "2")
            .file(".wh.absent", "")
            .file("own", "2")
            .file(".wh.own", ""));

    try (RootDir root = SnapshotViews.open(snapshots.mount("top"))) {
      assertThat(names(root, "/")).containsExactly("opaque", "own", "replaced");
      assertThat(names(root, "/opaque")).containsExactly("new");
      assertThat(names(root, "/replaced")).containsExactly("new");
    }
  }

  @Test
  void restoresAllThatALayerSaysOfItsFiles() throws IOException {
    String longName = "d/" + "n".repeat(200);
    commit(
        "base",
        Optional.empty(),
        new Tars()
            .dir("d", 01777)
            .file("d/setuid", "x", 04755, Map.of("security.capability", CAPABILITY))
            .file(longName, "long")
            .file("d/g\udcff\u00fc", "bytes")
            .hardLink("d/link", "/d/setuid")
            .symlink("d/sym", "/etc/none")
            .add(Tars.device("d/null", TarType.CHARACTER_DEVICE, 1, 3), new byte[0])
            .add(Tars.device("d/block", TarType.BLOCK_DEVICE, 8, 300), new byte[0])
            .add(Tars.device("d/fifo", TarType.FIFO, 0, 0), new byte[0]));

    try (RootDir root = SnapshotViews.open(snapshots.mount("base"))) {
      var file = root.stat("/d/setuid").orElseThrow();
      assertThat(file.mode()).isEqualTo(04755);
      assertThat(file.uid()).isEqualTo(1000);
      assertThat(file.gid()).isEqualTo(3_000_000);
      assertThat(file.mtime()).isEqualTo(Tars.TIME);
      assertThat(file.links()).isEqualTo(2);
      assertThat(root.xattrs("/d/setuid").get("security.capability")).isEqualTo(CAPABILITY);
      assertThat(root.stat("/d").orElseThrow().mtime()).isEqualTo(Tars.TIME);
      assertThat(root.stat("/d").orElseThrow().mode()).isEqualTo(01777);
      assertThat(root.readlink("/d/sym")).isEqualTo("/etc/none");
      assertThat(root.statNoFollow("/d/sym").orElseThrow().mtime()).isEqualTo(Tars.TIME);
      assertThat(root.stat("/d/block").orElseThrow().rdevMinor())
          .isEqualTo(makesDevices() ? 300 : 0);
      assertThat(text(root, "/" + longName)).isEqualTo("long");
      assertThat(text(root, "/d/g\udcff\u00fc")).isEqualTo("bytes");
    }
  }

  @Test
  void keepsHardLinksBetweenChangedFiles() throws IOException {
    RootMount mount = snapshots.prepare("links", Optional.empty());
    Path files = ((RootMount.Directory) mount).path();
    Files.writeString(files.resolve("a"), "x");
    Files.createLink(files.resolve("b"), files.resolve("a"));

    ByteArrayOutputStream layer = new ByteArrayOutputStream();
    snapshots.diff("links", layer);
    snapshots.prepare("again", Optional.empty());
    snapshots.apply("again", new ByteArrayInputStream(layer.toByteArray()));

    try (RootDir root = SnapshotViews.open(snapshots.mount("again"))) {
      assertThat(root.stat("/a").orElseThrow().id()).isEqualTo(root.stat("/b").orElseThrow().id());
    }
  }

  @Test
  void linksToAFileOfALowerLayer() throws IOException {
    commit("base", Optional.empty(), new Tars().dir("d", 0711).file("d/a", "1"));
    commit("top", Optional.of("base"), new Tars().hardLink("other/b", "d/a"));

    try (RootDir root = SnapshotViews.open(snapshots.mount("top"))) {
      assertThat(text(root, "/other/b")).isEqualTo("1");
      assertThat(root.stat("/d").orElseThrow().mode()).isEqualTo(0711);
    }
  }

  @Test
  void followsASymlinkOfALowerLayerThatStaysInside() throws IOException {
    commit("base", Optional.empty(), new Tars().dir("usr/lib", 0755).symlink("lib", "usr/lib"));
    commit("top", Optional.of("base"), new Tars().file("lib/x", "1"));

    try (RootDir root = SnapshotViews.open(snapshots.mount("top"))) {
      assertThat(text(root, "/usr/lib/x")).isEqualTo("1");
      assertThat(root.readlink("/lib")).isEqualTo("usr/lib");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/,        link/x,        link",
    "..,       link/x,        link",
    "a/../..,  link/x,        link",
    "/etc,     link/sub/x,    link",
  })
  void refusesEntriesBehindASymlinkThatLeadsOut(String target, String name, String link)
      throws IOException {
    snapshots.prepare("c", Optional.empty());
    Tars tar = new Tars().dir("a", 0755).symlink(link, target).file(name, "evil");

    assertThatThrownBy(() -> snapshots.apply("c", tar.stream()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(link);
  }

  @ParameterizedTest
  @CsvSource({"../x", "a/../../x", "../../../../../../etc/berth-evil", ".wh.", ".wh..", ".wh..."})
  void refusesNamesThatLeadOut(String name) {
    snapshots.prepare("c", Optional.empty());

    assertThatThrownBy(() -> snapshots.apply("c", new Tars().file(name, "evil").stream()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(name);
    assertThat(Path.of("/etc/berth-evil")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"../outside", "/../../outside", "link/hosts", "absent"})
  void refusesHardLinksThatLeadOut(String target) {
    snapshots.prepare("c", Optional.empty());
    Tars tar = new Tars().symlink("link", "/etc").hardLink("mine", target);

    assertThatThrownBy(() -> snapshots.apply("c", tar.stream()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("mine");
  }

  @Test
  void linksToASymlinkItselfAndNotToWhatItNames() throws IOException {
    commit(
        "c", Optional.empty(), new Tars().symlink("link", "/etc/hosts").hardLink("mine", "link"));

    try (RootDir root = SnapshotViews.open(snapshots.mount("c"))) {
      assertThat(root.readlink("/mine")).isEqualTo("/etc/hosts");
    }
  }

  @Test
  void takesTheLastOfEntriesWithOneName() throws IOException {
    commit(
        "c",
        Optional.empty(),
        new Tars()
            .dir("x", 0755)
            .file("x/child", "1")
            .symlink("x", "/etc/hosts")
            .file("./x", "last")
            .file("y", "1")
            .dir("/y/", 0700)
            .file("y/z", "2"));

    try (RootDir root = SnapshotViews.open(snapshots.mount("c"))) {
      assertThat(text(root, "/x")).isEqualTo("last");
      assertThat(text(root, "/y/z")).isEqualTo("2");
    }
  }

  @Test
  void ignoresOverlayAttributesInALayer() throws IOException {
    byte[] yes = {'y'};
    commit(
        "c",
        Optional.empty(),
        new Tars().file("f", "", 0644, Map.of("trusted.overlay.whiteout", yes, "user.x", yes)));

    try (RootDir root = SnapshotViews.open(snapshots.mount("c"))) {
      assertThat(root.xattrs("/f")).containsOnlyKeys("user.x");
    }
  }

  @Test
  void keepsTheAttributesOfTheRoot() throws IOException {
    commit("base", Optional.empty(), new Tars().dir("./", 01777));
    snapshots.prepare("top", Optional.of("base"));

    try (RootDir root = SnapshotViews.open(snapshots.mount("top"))) {
      assertThat(root.stat("/").orElseThrow().mode()).isEqualTo(01777);
    }
    ByteArrayOutputStream layer = new ByteArrayOutputStream();
    snapshots.diff("base", layer);
    assertThat(new TarListing(layer.toByteArray()).names()).containsExactly("./");
  }

  @Test
  void unpacksALayerWhoseParentComesLater() throws Exception {
    byte[] top = new Tars().file("etc/b", "2").file(".wh.gone", "").bytes();
    CompletableFuture<String> parent = new CompletableFuture<>();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<Snapshotter.LayerDigest> layer =
          threads.submit(
              () ->
                  snapshots.unpack(
                      "ahead", Optional.of(parent::join), new ByteArrayInputStream(top)));
      commit(
          "base",
          Optional.empty(),
          new Tars().dir("./", 0750).dir("etc", 0700).file("etc/a", "1").file("gone", "1"));
      parent.complete("base");

      assertThat(layer.get().diffId()).isEqualTo(Digest.sha256(top));
    } finally {
      threads.shutdownNow();
    }
    snapshots.commit("ahead", "top");
    try (RootDir root = SnapshotViews.open(snapshots.mount("top"))) {
      assertThat(names(root, "/")).containsExactly("etc");
      assertThat(names(root, "/etc")).containsExactly("a", "b");
      assertThat(root.stat("/etc").orElseThrow().mode()).isEqualTo(0700);
      assertThat(root.stat("/").orElseThrow().mode()).isEqualTo(0750);
    }
    assertThatThrownBy(() -> snapshots.remove("base")).isInstanceOf(ConflictException.class);
  }

  @Test
  void keepsNothingOfALayerThatCannotBeUnpacked() throws IOException {
    byte[] good = new Tars().file("a", "1".repeat(10_000)).bytes();
    byte[] cut = Arrays.copyOf(good, 3000);

    assertThatThrownBy(
            () -> snapshots.unpack("broken", Optional.empty(), new ByteArrayInputStream(cut)))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(
            () ->
                snapshots.unpack(
                    "orphan",
                    Optional.of(
                        () -> {
                          throw new NotFoundException("the parent failed");
                        }),
                    new ByteArrayInputStream(good)))
        .isInstanceOf(NotFoundException.class);

    assertThat(snapshots.list()).isEmpty();
    try (var directories = Files.list(data.resolve("snapshots"))) {
      assertThat(directories.filter(d -> d.getFileName().toString().matches("\\d+"))).isEmpty();
    }
  }

  /** Whether layers are unpacked by the call that needs no parent at its beginning. */
  boolean ahead() {
    return false;
  }

  void commit(String name, Optional<String> parent, Tars tar) {
    if (ahead()) {
      Optional<Supplier<String>> under = parent.map(p -> () -> p);
      snapshots.unpack("active-" + name, under, new ByteArrayInputStream(tar.bytes()));
    } else {
      snapshots.prepare("active-" + name, parent);
      snapshots.apply("active-" + name, new ByteArrayInputStream(tar.bytes()));
    }
    snapshots.commit("active-" + name, name);
  }

  static void write(RootMount mount, String path, String content) throws IOException {
    try (RootDir root = SnapshotViews.open(mount)) {
      put(root, path, content);
    }
  }

  static void put(RootDir root, String path, String content) throws IOException {
    root.write(
        path,
        new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)),
        Metadata.of(0644, 0, 0));
  }

  static String text(RootDir root, String path) throws IOException {
    try (InputStream in = root.read(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static List<String> names(RootDir root, String path) {
    return root.list(path).stream().map(each -> each.name()).toList();
  }

  Map<String, String> listing(String key) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (RootDir root = SnapshotViews.open(snapshots.mount(key))) {
      list(root, "", all);
    }
    return all;
  }

  static void list(RootDir root, String dir, Map<String, String> all) throws IOException {
    for (String name : names(root, dir)) {
      String path = dir + "/" + name;
      var status = root.statNoFollow(path).orElseThrow();
      String more =
          status.isRegular() ? text(root, path) : status.isSymlink() ? root.readlink(path) : "";
      List<String> xattrs = new ArrayList<>();
      root.xattrs(path)
          .forEach(
              (k, v) -> {
                if (!k.startsWith("trusted.overlay")) {
                  xattrs.add(k + "=" + java.util.Arrays.toString(v));
                }
              });
      all.put(
          path,
          status.type()
              + " "
              + status.mode()
              + " "
              + status.uid()
              + ":"
              + status.gid()
              + " "
              + status.mtime()
              + " "
              + more
              + " "
              + xattrs);
      if (status.isDirectory()) {
        list(root, path, all);
      }
    }
  }
}
