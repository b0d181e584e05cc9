package io.berth.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.api.BuildRequest;
import io.berth.api.Container;
import io.berth.api.ContextSource;
import io.berth.api.Image;
import io.berth.api.NetworkMode;
import io.berth.api.Progress;
import io.berth.dockerfile.Dockerfile;
import io.berth.dockerfile.RunMount;
import io.berth.testing.TestAccess;
import io.berth.testing.TestEngine;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** RUN steps in real containers: mounts, here-documents, rights and stages side by side. */
class RunIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private final List<Progress.Event> events = Collections.synchronizedList(new ArrayList<>());

  private BuildRequest request(String dockerfile, String... namesAndContents) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int i = 0; i < namesAndContents.length; i += 2) {
      files.put(namesAndContents[i], bytes(namesAndContents[i + 1]));
    }
    return request(dockerfile, files);
  }

  private BuildRequest request(String dockerfile, Map<String, byte[]> given) {
    Map<String, byte[]> files = new LinkedHashMap<>(given);
    files.put("Dockerfile", bytes(dockerfile.replace("BASE", TestEngine.IMAGE)));
    return FIXTURE.engine().images().build(ContextSource.files(files)).progress(events::add);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String output() {
    return events.stream()
        .filter(Progress.StepOutput.class::isInstance)
        .map(event -> new String(((Progress.StepOutput) event).bytes(), StandardCharsets.UTF_8))
        .collect(Collectors.joining());
  }

  /** What a command prints in a container of an image. */
  private static String in(Image image, String command) {
    try (Container container =
        FIXTURE
            .engine()
            .containers()
            .create(image)
            .entrypoint(List.of("sh"))
            .command("-c", command)
            .start()) {
      container.waitForExit();
      return container.logs().stdout();
    }
  }

  @Test
  void heredocsAreScriptsFilesAndInputs() {
    Image image =
        request(
                """
                FROM BASE
                ARG WHO=world
                RUN <<EOF
                echo one > /out
                echo "two $WHO" >> /out
                EOF
                RUN <<'EOF' cat > /quoted
                $HOME stays
                EOF
                RUN cat <<-A - 3<<B > /two
                	tabs go
                A
                unused
                B
                RUN <<PROGRAM
                #!/bin/sh -e
                echo "program $0" >> /out
                PROGRAM
                COPY <<hello.txt <<"raw.txt" /texts/
                hello $WHO, "quoted" 'too' \\$escaped
                hello.txt
                raw $WHO
                raw.txt
                COPY --chmod=600 <<-EOF /tabbed
                	a
                		b
                EOF
                """)
            .execute();

    assertThat(in(image, "cat /out /quoted /two /texts/hello.txt /texts/raw.txt /tabbed"))
        .isEqualTo(
            """
            one
            two world
            program /dev/pipes/PROGRAM
            $HOME stays
            tabs go
            hello world, "quoted" 'too' $escaped
            raw $WHO
            a
            b
            """);
    assertThat(in(image, "stat -c %a /tabbed; ls /dev/pipes 2>&1 | tail -1"))
        .startsWith("600\n")
        .contains("No such file");
  }

  @Test
  void bindMountsShowFilesOfContextStageAndImageAndLeaveNothing() {
    Image image =
        request(
                """
                FROM BASE AS tool
                RUN mkdir /t && echo tool > /t/x && ln -s /etc/passwd /t/out
                FROM BASE
                RUN --mount=target=/ctx --mount=type=bind,from=tool,source=/t,target=/t \\
                    --mount=from=BASE,source=/bin/sh,target=/shell \\
                    --mount=source=sub/file,target=/one,rw \\
                    cat /ctx/sub/file /t/x > /out && ls /ctx >> /out && stat -c %u:%g /ctx/sub/file >> /out \\
                    && test -x /shell && ! touch /ctx/new 2>/dev/null && echo changed > /one && cat /one >> /out
                RUN ls / > /listing
                """
                    .replace("BASE,", TestEngine.IMAGE + ","),
                "sub/file",
                "from the context\n",
                ".dockerignore",
                "ignored\n",
                "ignored",
                "no")
            .execute();

    assertThat(in(image, "cat /out"))
        .isEqualTo("from the context\ntool\nDockerfile\nsub\n0:0\nchanged\n");
    assertThat(in(image, "cat /listing").lines()).doesNotContain("ctx", "t", "shell", "one");
  }

  @Test
  void linksOfAMountedSnapshotLeadNowhereElse() {
    assertThatThrownBy(
            () ->
                request(
                        """
                        FROM BASE AS evil
                        RUN ln -s /not/there/at/all /link
                        FROM BASE
                        RUN --mount=from=evil,source=/link,target=/stolen cat /stolen
                        """)
                    .execute())
        .hasMessageContaining("open mount source");
  }

  @Test
  void cacheMountsAreKeptBetweenBuilds() {
    TestAccess.assumeIds();
    String dockerfile =
        """
        FROM BASE AS seed
        RUN echo seeded > /seed
        FROM BASE
        ARG N
        RUN --mount=type=cache,target=/c,id=kept,from=seed,source=/,uid=7,gid=8,mode=700 \\
            cat /c/seed; echo $N >> /c/log; cat /c/log > /out; stat -c '%u:%g %a' /c >> /out
        RUN --mount=type=cache,target=/c,id=kept,ro ! touch /c/x
        RUN --mount=type=cache,target=/other,sharing=private ls /other > /empty
        """;

    request(dockerfile).arg("N", "1").execute();
    Image second = request(dockerfile).arg("N", "2").execute();

    assertThat(in(second, "cat /out; cat /empty; ls / | grep -c '^c$'"))
        .isEqualTo("1\n2\n7:8 700\n0\n");
    assertThat(output()).contains("seeded");
  }

  @Test
  void secretsAreSeenByTheStepAlone(@TempDir Path directory) throws IOException {
    TestAccess.assumeIds();
    Path file = Files.writeString(directory.resolve("s"), "from a file");

    Image image =
        request(
                """
                FROM BASE
                RUN --mount=type=secret,id=token --mount=type=secret,id=file,target=/else/where,mode=0440,uid=3 \\
                    --mount=type=secret,id=token,env=TOKEN --mount=type=secret,id=absent \\
                    cat /run/secrets/token /else/where && stat -c ' %a %u' /run/secrets/token /else/where \\
                    && echo " $TOKEN" && ! test -e /run/secrets/absent
                RUN ls -d /run/secrets /else 2>/dev/null > /left; env > /env; true
                """)
            .secret("token", bytes("hidden"))
            .secret("file", file)
            .execute();

    assertThat(output()).contains("hiddenfrom a file 400 0\n 440 3\n hidden\n");
    assertThat(in(image, "cat /left /env")).doesNotContain("secret", "hidden", "else");
    try (Stream<Path> left = Files.list(Path.of("/dev/shm"))) {
      assertThat(left.filter(f -> f.getFileName().toString().startsWith("berth-")).toList())
          .filteredOn(f -> Files.exists(f.resolve("file")))
          .isEmpty();
    }
  }

  @Test
  void agentSocketIsForwardedForListingAndSigningAlone(@TempDir Path directory) throws Exception {
    Path socket = directory.resolve("agent");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(socket));
      List<Integer> asked = Collections.synchronizedList(new ArrayList<>());
      Thread agent = new Thread(() -> answer(server, asked));
      agent.setDaemon(true);
      agent.start();

      request(
              """
              FROM BASE
              RUN --mount=type=ssh,mode=0666 echo "socket $SSH_AUTH_SOCK" && stat -c %F $SSH_AUTH_SOCK \\
                  && (printf '\\\\0\\\\0\\\\0\\\\1\\\\13'; sleep 1) | nc local:$SSH_AUTH_SOCK | od -An -tx1 \\
                  && (printf '\\\\0\\\\0\\\\0\\\\1\\\\23'; sleep 1) | nc local:$SSH_AUTH_SOCK | od -An -tx1
              """)
          .ssh("default", socket)
          .execute();

      assertThat(output()).contains("socket /run/buildkit/ssh_agent.0", "socket\n");
    }
  }

  @Test
  void keyOfTheHostSignsInAStepWithoutBeingThere(@TempDir Path directory) throws Exception {
    assumeTrue(Files.exists(Path.of("/usr/bin/ssh-keygen")), "needs openssh-client");
    Path key = directory.resolve("key");
    host("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "made by a test", "-f", "" + key);
    Map<String, byte[]> files = new HashMap<>();
    files.put("key.pub", Files.readAllBytes(directory.resolve("key.pub")));
    for (String file : closure("/usr/bin/ssh-add", "/usr/bin/ssh-keygen")) {
      files.put("tools" + file, Files.readAllBytes(Path.of(file)));
    }

    Image image =
        request(
                """
                FROM BASE
                COPY --chmod=755 tools /
                COPY key.pub /
                RUN --mount=type=ssh ssh-add -L > /listed && echo text > /text \
                    && ssh-keygen -q -Y sign -f /key.pub -n test /text
                RUN --mount=type=ssh,id=other,required=false ssh-add -L; echo "code $?" > /absent
                """,
                files)
            .ssh("default", key)
            .execute();

    assertThat(in(image, "cat /listed")).contains("made by a test");
    assertThat(in(image, "cat /absent")).contains("code 2");
    assertThat(in(image, "find / -xdev -name key; true")).isEmpty();
    Path signature = Files.writeString(directory.resolve("text.sig"), in(image, "cat /text.sig"));
    Path text = Files.writeString(directory.resolve("text"), "text\n");
    host("sh", "-c", "ssh-keygen -Y check-novalidate -n test -s " + signature + " < " + text);
  }

  private static String host(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /** Programs of the host with the libraries that they need. */
  private static Set<String> closure(String... programs) throws Exception {
    Set<String> files = new TreeSet<>(List.of(programs));
    for (String program : programs) {
      Matcher library = Pattern.compile("(/\\S+) \\(0x").matcher(host("ldd", program));
      while (library.find()) {
        files.add(library.group(1));
      }
    }
    return files;
  }

  private static void answer(ServerSocketChannel server, List<Integer> asked) {
    try {
      while (true) {
        try (SocketChannel client = server.accept()) {
          ByteBuffer request = ByteBuffer.allocate(5);
          client.read(request);
          asked.add((int) request.get(4));
          client.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 1, 12}));
        }
      }
    } catch (IOException e) {
      // The test has ended.
    }
  }

  @Test
  void tmpfsIsEmptyAndGone() {
    Image image =
        request(
                """
                FROM BASE
                RUN mkdir /m && echo below > /m/f
                RUN --mount=type=tmpfs,target=/m,size=1m ls /m && echo x > /m/g && df -k /m | tail -1
                """)
            .execute();

    assertThat(in(image, "ls /m")).isEqualTo("f\n");
    assertThat(output()).contains("1024");
  }

  @Test
  void surroundingsAreThoseThatWereAskedFor() {
    request(
            """
            FROM BASE
            RUN hostname; cat /etc/hosts; df -k /dev/shm | tail -1; ulimit -n
            RUN --network=none ls /sys/class/net
            RUN --security=insecure grep CapEff /proc/self/status
            """)
        .addHost("db", "10.1.2.3")
        .shmSize(2 << 20)
        .ulimit(io.berth.api.Ulimit.parse("nofile=77:77"))
        .allow("security.insecure")
        .network(NetworkMode.NONE)
        .execute();

    assertThat(output())
        .contains("buildkitsandbox\n", "10.1.2.3", "2048", "77\n", "lo\n")
        .doesNotContain("00000000a80425fb")
        .containsPattern("CapEff:\\s+000001ff[0-9a-f]{8}");
  }

  @Test
  void independentStagesRunSideBySide() {
    // Each waits for the other through a cache that both share.
    Image image =
        request(
                """
                FROM BASE AS a
                RUN --mount=type=cache,target=/c,id=meet touch /c/a; for i in $(seq 600); do test -e /c/b && exit 0; sleep 0.1; done; exit 1
                RUN echo a > /a
                FROM BASE AS b
                RUN --mount=type=cache,target=/c,id=meet touch /c/b; for i in $(seq 600); do test -e /c/a && exit 0; sleep 0.1; done; exit 1
                RUN echo b > /b
                FROM BASE
                COPY --from=a /a /
                COPY --from=b /b /
                """)
            .execute();

    assertThat(in(image, "cat /a /b")).isEqualTo("a\nb\n");
  }

  @Test
  void failureOfOneStageStopsTheOthers() {
    long begun = System.nanoTime();

    assertThatThrownBy(
            () ->
                request(
                        """
                        FROM BASE AS slow
                        RUN sleep 600
                        FROM BASE AS bad
                        RUN sleep 0.3; exit 7
                        FROM BASE
                        COPY --from=slow /x /
                        COPY --from=bad /x /
                        """)
                    .execute())
        .isInstanceOfSatisfying(BuildException.class, e -> assertThat(e.exitCode()).hasValue(7));

    assertThat(System.nanoTime() - begun).isLessThan(300_000_000_000L);
  }

  @Test
  void composedDockerfileMayMount() {
    Dockerfile dockerfile =
        Dockerfile.from(TestEngine.IMAGE)
            .run("cat /run/secrets/x > /x", RunMount.secret("x"))
            .run("cat <<EOF > /y\nline\nEOF")
            .copyText("z", "text $A\n", "/z");

    Image image =
        FIXTURE
            .engine()
            .images()
            .build(dockerfile)
            .secret("x", bytes("1"))
            .executeForResult()
            .image();

    assertThat(in(image, "cat /x /y /z")).isEqualTo("1line\ntext $A\n");
  }
}
