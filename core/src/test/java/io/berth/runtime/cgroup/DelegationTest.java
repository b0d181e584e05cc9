package io.berth.runtime.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.BerthException;
import io.berth.runtime.cgroup.CgroupLayout.Tree;
import io.berth.runtime.security.DeviceFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an ordinary user has of a tree like that of systemd. */
class DelegationTest {
  private static final Limits LIMITS = Limits.builder().memory(1000).pids(9).build();

  @TempDir Path root;
  private Path user;
  private Path scope;

  @BeforeEach
  void makeTree() throws IOException {
    user = root.resolve("user.slice/user-1000.slice/user@1000.service");
    scope = user.resolve("app.slice/run-1.scope");
    Files.createDirectories(scope);
    for (Path at = scope; !at.equals(root.getParent()); at = at.getParent()) {
      fill(at);
    }
  }

  private CgroupLayout layout(Path own) {
    return new CgroupLayout(Map.of(), Optional.of(new Tree(root, own)));
  }

  private CgroupManager delegated(Path own) {
    return Cgroups.delegated(layout(own), path -> path.startsWith(user), this::fill);
  }

  /** Does what the kernel does for a new group. */
  private void fill(Path directory) {
    try {
      for (String file :
          List.of("cgroup.procs", "cgroup.subtree_control", "memory.max", "pids.max")) {
        if (!Files.exists(directory.resolve(file))) {
          Files.createFile(directory.resolve(file));
        }
      }
      Files.writeString(directory.resolve("cgroup.controllers"), "memory pids\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void groupsAreMadeAtTheTopOfWhatIsDelegated() {
    CgroupManager cgroups = delegated(scope);

    ContainerCgroup cgroup = cgroups.create("c1", LIMITS, DeviceFilter.dockerDefault());

    Path directory = user.resolve("berth/c1");
    assertThat(cgroup.unified()).contains(directory);
    assertThat(directory.resolve("memory.max")).hasContent("1000");
    assertThat(directory.resolve("pids.max")).hasContent("9");
    assertThat(user.resolve("cgroup.subtree_control")).hasContent("+memory +pids");
    assertThat(root.resolve("cgroup.subtree_control")).isEmptyFile();
  }

  @Test
  void anotherScopeOfTheUserFindsTheSameGroups() throws IOException {
    delegated(scope).create("c1", LIMITS, DeviceFilter.dockerDefault());
    Path other = Files.createDirectory(user.resolve("app.slice/run-2.scope"));
    fill(other);

    assertThat(delegated(other).find("c1")).isPresent();
  }

  @Test
  void withoutDelegationContainersRunWithoutLimitsAndSaySo() {
    CgroupManager cgroups = Cgroups.delegated(layout(scope), path -> false, this::fill);

    ContainerCgroup limited = cgroups.create("c1", LIMITS, DeviceFilter.dockerDefault());

    assertThat(limited.directories()).isEmpty();
    assertThat(limited.warnings().toString()).contains("not kept", "not delegated");
    assertThat(cgroups.create("c2", Limits.none(), DeviceFilter.dockerDefault()).warnings())
        .isEmpty();
    assertThat(cgroups.find("c1")).isPresent();
    assertThatThrownBy(() -> limited.freeze(true))
        .isInstanceOf(BerthException.class)
        .hasMessageContaining("not delegated");
  }

  @Test
  void theReasonIsToldForV1() {
    CgroupLayout v1 = new CgroupLayout(Map.of("memory", new Tree(root, root)), Optional.empty());

    assertThat(Cgroups.whyNoLimits(v1).orElseThrow()).contains("cgroup v1");
  }
}
