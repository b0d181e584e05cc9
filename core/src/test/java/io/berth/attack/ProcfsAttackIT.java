package io.berth.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.api.Wait;
import io.berth.error.BerthException;
import io.berth.runtime.userns.Credentials;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Containers that put something else in the place of what the launcher writes to in /proc. */
class ProcfsAttackIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  @TempDir Path directory;

  @Test
  void theLauncherWritesToTheRealProcAlone() throws IOException {
    Assumptions.assumeTrue(Credentials.own().isPrivileged(), "needs root, to mount");
    Probe.build(); // there is a compiler
    Path program = directory.resolve("fake-proc");
    Probe.compile(program, Path.of("src/test/native/fake-proc.c"), Path.of("src/main/native/io.c"));

    List<String> said = Probe.run(List.of(program.toString())).lines().toList();

    assertThat(said).hasSize(6).first().isEqualTo("plain: written");
    assertThat(said.subList(1, 6))
        .noneMatch(line -> line.endsWith("written"))
        .noneMatch(line -> line.contains("cannot be tried"));
  }

  @Test
  void whoMountsOverProcGetsNothingWrittenByTheNextExec() {
    Assumptions.assumeFalse(FIXTURE.isRootless(), "needs a privileged container");
    try (Container container =
        FIXTURE
            .engine()
            .containers()
            .create(TestEngine.IMAGE)
            .privileged(true)
            .command(
                "sh",
                "-c",
                "mount -t tmpfs x /proc; mkdir -p /proc/self/attr/apparmor; for f in"
                    + " oom_score_adj attr/exec attr/apparmor/exec attr/current; do : >"
                    + " /proc/self/$f; done; echo ready; exec sleep 1000")
            .start()) {
      container.waitFor(Wait.forLog("ready"));
      String written;
      try {
        written =
            container.exec("sh", "-c", "cat /proc/self/* /proc/self/attr/*").execute().stdout();
      } catch (BerthException refused) {
        written = "";
      }

      assertThat(written).isEmpty();
    }
  }
}
