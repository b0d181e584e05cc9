package io.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.api.Image;
import io.berth.layers.RootMount;
import io.berth.layers.SnapshotViews;
import io.berth.layers.Snapshotter;
import io.berth.layers.Snapshotters;
import io.berth.linux.DirEntry;
import io.berth.linux.FileStatus;
import io.berth.linux.RootDir;
import io.berth.oci.Digest;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Builds the Dockerfiles of {@code differential.txt} with Berth and with another builder, and
 * compares the trees (contents, modes, owners, attributes, links) and the configurations.
 */
class DifferentialIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();
  @TempDir static Path directory;

  private static Optional<PeerBuilder> peer = Optional.empty();
  private static Path base;

  @BeforeAll
  static void findPeer() throws IOException {
    peer = PeerBuilder.find(directory);
    base = directory.resolve("base");
    FIXTURE.engine().images().tag(TestEngine.IMAGE, "base");
    FIXTURE.engine().images().save("base").toLayout(base);
  }

  @AfterAll
  static void endPeer() throws IOException {
    if (peer.isPresent()) {
      peer.get().close();
    }
  }

  static List<DifferentialCase> cases() {
    return DifferentialCase.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void buildsTheSame(DifferentialCase one) throws IOException {
    assumeTrue(peer.isPresent(), "neither buildkitd and buildctl nor buildah is installed");
    assumeTrue(
        peer.get().features().containsAll(one.needs()),
        "the builder that is installed does not know " + one.needs());
    Path context = one.writeTo(directory.resolve(one.name()));
    Path layout = directory.resolve(one.name() + "-layout");

    peer.get().build(one, context, base, layout);
    Image theirs =
        FIXTURE.engine().images().load(layout).tag("theirs-" + one.name()).execute().get(0);
    var request = FIXTURE.engine().images().build(context);
    one.args().forEach(request::arg);
    one.target().ifPresent(request::target);
    Image ours = request.execute();

    assertThat(differences(config(ours), config(theirs))).as("configuration").isEmpty();
    Map<String, String> tree = tree(theirs);
    tree.keySet().removeIf(path -> peer.get().leftovers().contains(path));
    Map<String, String> own = tree(ours);
    own.keySet().removeIf(path -> peer.get().leftovers().contains(path));
    assertThat(differences(own, tree)).as("tree").isEmpty();
  }

  private static List<String> differences(Map<String, String> ours, Map<String, String> theirs) {
    TreeSet<String> names = new TreeSet<>(ours.keySet());
    names.addAll(theirs.keySet());
    return names.stream()
        .filter(name -> !Objects.equals(ours.get(name), theirs.get(name)))
        .map(name -> name + ": ours " + ours.get(name) + ", theirs " + theirs.get(name))
        .toList();
  }

  private static Map<String, String> config(Image image) {
    var config = image.config().config();
    Map<String, String> all = new TreeMap<>();
    all.put("platform", image.config().platform().toString());
    all.put("env", config.env().toString());
    all.put("cmd", config.cmd().toString());
    all.put("entrypoint", config.entrypoint().toString());
    all.put("workdir", config.workingDir().orElse("/"));
    all.put("user", config.user().orElse(""));
    all.put("labels", without(config.labels()).toString());
    all.put("ports", config.exposedPorts().toString());
    all.put("volumes", config.volumes().toString());
    all.put("stopsignal", config.stopSignal().orElse(""));
    all.put("onbuild", config.onBuild().toString());
    all.put("shell", config.shell().toString());
    all.put("healthcheck", config.healthcheck().toString());
    return all;
  }

  private static Map<String, String> without(Map<String, String> labels) {
    Map<String, String> own = new TreeMap<>(labels);
    own.remove("io.buildah.version");
    return own;
  }

  private static Map<String, String> tree(Image image) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Snapshotter snapshots = Snapshotters.open(FIXTURE.dataDirectory())) {
      Optional<Digest> top = image.config().chainId();
      if (top.isEmpty()) {
        return all;
      }
      RootMount mount = snapshots.mount(top.get().toString());
      try (RootDir root = SnapshotViews.open(mount)) {
        Map<Object, List<String>> links = new HashMap<>();
        walk(root, "", all, links);
        // What was linked to one another in one layer; another layer may have taken names away.
        links.values().stream()
            .filter(names -> names.size() > 1)
            .forEach(names -> names.forEach(name -> all.merge(name, " =" + names, String::concat)));
      }
    }
    return all;
  }

  private static void walk(
      RootDir root, String path, Map<String, String> all, Map<Object, List<String>> links)
      throws IOException {
    List<DirEntry> entries = new ArrayList<>(root.list(path.isEmpty() ? "/" : path));
    entries.sort(Comparator.comparing(DirEntry::name));
    for (DirEntry entry : entries) {
      String child = path + "/" + entry.name();
      FileStatus status = root.statNoFollow(child).orElseThrow();
      StringBuilder text = new StringBuilder();
      text.append(status.type()).append(' ').append(Integer.toOctalString(status.mode()));
      text.append(' ').append(status.uid()).append(':').append(status.gid());
      switch (status.type()) {
        case REGULAR -> {
          try (InputStream in = root.read(child)) {
            byte[] content = in.readAllBytes();
            text.append(" ").append(content.length).append(' ').append(text(content));
          }
          if (status.links() > 1) {
            links.computeIfAbsent(status.id(), id -> new ArrayList<>()).add(child);
          }
        }
        case SYMLINK -> text.append(" -> ").append(root.readlink(child));
        case CHARACTER_DEVICE, BLOCK_DEVICE ->
            text.append(' ').append(status.rdevMajor()).append(',').append(status.rdevMinor());
        default -> {}
      }
      root.xattrs(child)
          .forEach(
              (name, value) -> {
                if (!name.startsWith("trusted.overlay") && !name.equals("security.selinux")) {
                  text.append(" @")
                      .append(name)
                      .append('=')
                      .append(HexFormat.of().formatHex(value));
                }
              });
      all.put(child, text.toString());
      if (status.isDirectory()) {
        walk(root, child, all, links);
      }
    }
  }

  private static String text(byte[] content) {
    boolean small = content.length < 300;
    return small ? new String(content, StandardCharsets.UTF_8) : Digest.sha256(content).hex();
  }
}
