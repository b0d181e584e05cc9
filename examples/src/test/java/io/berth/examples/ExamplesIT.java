package io.berth.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.linux.Programs;
import io.berth.rootless.OrdinaryTests;
import io.berth.server.ApiServer;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs each example as a user does: a program of its own. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ExamplesIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  @BeforeAll
  static void nameTheImageAsTheExamplesDo() {
    FIXTURE.engine().images().tag(TestEngine.IMAGE, "busybox");
  }

  private record Result(int code, String output) {}

  private static Result run(Class<?> program, String input, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("BERTH_ROOT", FIXTURE.dataDirectory().toString());
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), output);
  }

  @Test
  void quickStartPrintsOutputAndExitCode() throws Exception {
    Result result = run(QuickStart.class, "");

    assertThat(result)
        .isEqualTo(new Result(0, "made by a build step\nhello from Berth\nexit code 3\n"));
  }

  @Test
  void pipeThroughSortsItsInput() throws Exception {
    Result result = run(PipeThrough.class, "pear\napple\npear\n");

    assertThat(result.code()).isZero();
    assertThat(result.output().lines().map(String::strip)).containsExactly("1 apple", "2 pear");
  }

  @Test
  void limitsSeesTheKernelEndTheContainer() throws Exception {
    Result result = run(Limits.class, "");

    assertThat(result.code()).isZero();
    assertThat(result.output()).contains("exit code 137\n", "out of memory: true\n");
  }

  @Test
  void buildAndPushTellsWhatTheRegistryHas() throws Exception {
    assertThat(run(BuildAndPush.class, ""))
        .isEqualTo(new Result(0, "pushed team/app:1 with its digest\ntags [1]\n"));
  }

  @Test
  void webAppAnswersThroughBothContainers() throws Exception {
    assertThat(run(WebApp.class, ""))
        .isEqualTo(new Result(0, "the front says: data from behind\n"));
  }

  @Test
  void twoEnginesGiveTheSame() throws Exception {
    Path socket = FIXTURE.dataDirectory().resolve("api.sock");
    try (ApiServer server = ApiServer.builder(FIXTURE.engine()).unixSocket(socket).start()) {
      assertThat(run(TwoEngines.class, "", "unix://" + socket))
          .isEqualTo(new Result(0, "here: built once\nthere: built once\n"));
    }
  }

  @Test
  void rootlessServesAsAnOrdinaryUser() throws Exception {
    assumeTrue(Programs.find("pasta").isPresent(), "needs the Debian package passt");
    Path archive = Files.createTempDirectory("berth-example-").resolve("busybox.tar");
    try {
      FIXTURE.engine().images().save("busybox").to(archive);
      Files.setPosixFilePermissions(
          archive.getParent(), PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.setPosixFilePermissions(archive, PosixFilePermissions.fromString("rw-r--r--"));

      assertThat(OrdinaryTests.output(Rootless.class, List.of(archive.toString())))
          .contains("inside: root\n", "outside: berthtester\n", "served: hello\n");
    } finally {
      Files.deleteIfExists(archive);
      Files.delete(archive.getParent());
    }
  }
}
