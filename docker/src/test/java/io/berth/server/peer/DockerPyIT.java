package io.berth.server.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.server.Ran;
import io.berth.server.Served;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Python's client, by the program {@code client.py}. */
@Timeout(180)
class DockerPyIT {
  /** Debian's, which has Debian's packages. */
  private static final String PYTHON = "/usr/bin/python3";

  @RegisterExtension static final Served SERVED = new Served();

  @Test
  void servesDockerPy(@TempDir Path directory) throws Exception {
    assumeTrue(Files.isExecutable(Path.of(PYTHON)), "needs " + PYTHON);
    assumeTrue(
        Ran.of(List.of("sh", "-c", PYTHON + " -c 'import docker'"), "", "").code() == 0,
        "needs the Debian package python3-docker");
    Path program = directory.resolve("client.py");
    try (InputStream in = DockerPyIT.class.getResourceAsStream("client.py")) {
      Files.copy(in, program);
    }

    Ran ran = Ran.of(List.of("sh", "-c", PYTHON + " " + program), "", SERVED.host());

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out()).contains("is served");
  }
}
