package io.berth;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.Progress;
import io.berth.dockerfile.Dockerfile;
import io.berth.testing.Leaks;
import io.berth.testing.TestEngine;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A JVM that is killed in the middle of a build leaves a store that opens and works. */
class CrashIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  /** The other JVM: builds until it is killed. */
  static final class Builder {
    public static void main(String[] args) {
      try (Engine berth = Berth.open(Path.of(args[0]))) {
        berth.images().build(dockerfile()).tag("crashed").progress(Builder::print).execute();
      }
    }

    private static void print(Progress.Event event) {
      System.out.println(event);
      System.out.flush();
    }
  }

  private static Dockerfile dockerfile() {
    return Dockerfile.parse(
        "FROM "
            + TestEngine.IMAGE
            + "\nRUN echo first > /first\nRUN echo started && echo half > /half && sleep 1000\n",
        "Dockerfile");
  }

  @Test
  void aKilledBuildLeavesAStoreThatOpensAndWorks() throws Exception {
    Process builder = startBuilder();
    long step = awaitStep(builder);

    builder.destroyForcibly().waitFor();
    ProcessHandle.of(step).ifPresent(p -> p.onExit().join());

    try (Engine berth = Berth.open(FIXTURE.dataDirectory())) {
      assertThat(berth.images().find("crashed")).isEmpty();
      List<String> cached = new ArrayList<>();
      Image image =
          berth
              .images()
              .build(
                  Dockerfile.parse(
                      "FROM "
                          + TestEngine.IMAGE
                          + "\nRUN echo first > /first\nRUN test ! -e /half\n",
                      "Dockerfile"))
              .progress(
                  e -> {
                    if (e instanceof Progress.StepFinished f && f.cached()) {
                      cached.add("step " + f.number());
                    }
                  })
              .execute();
      assertThat(cached).as("the step before the kill is in the cache").isNotEmpty();
      try (Container c = berth.containers().create(image).command("cat", "/first").start()) {
        assertThat(c.waitForExit()).isZero();
        assertThat(c.logs().stdout()).isEqualTo("first\n");
      }
    }
  }

  private static Process startBuilder() throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Builder.class.getName(),
            FIXTURE.dataDirectory().toString())
        .redirectError(new File("/dev/null"))
        .start();
  }

  /** Waits until the long step runs, and gives the process id of its shell. */
  private static long awaitStep(Process builder) throws Exception {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(builder.getInputStream(), StandardCharsets.UTF_8));
    for (String line; (line = out.readLine()) != null; ) {
      if (line.contains("StepOutput")) {
        return Leaks.processes(FIXTURE.dataDirectory()).stream()
            .filter(pid -> commandLine(pid).contains("sleep 1000"))
            .findFirst()
            .orElseThrow();
      }
    }
    throw new AssertionError("the build ended by itself");
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ');
    } catch (java.io.IOException e) {
      return "";
    }
  }
}
