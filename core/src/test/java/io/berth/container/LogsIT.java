package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.CreateRequest;
import io.berth.api.Engine;
import io.berth.api.Feed;
import io.berth.api.LogOptions;
import io.berth.api.Logs;
import io.berth.api.RestartPolicy;
import io.berth.api.Wait;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.testing.TestEngine;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What containers write, as their logs have it. */
class LogsIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private final Engine berth = FIXTURE.engine();

  private CreateRequest shell(String script) {
    return berth.containers().create(TestEngine.IMAGE).command("sh", "-c", script);
  }

  private static List<String> texts(Feed<Logs.Entry> feed) {
    List<String> all = new ArrayList<>();
    try (feed) {
      feed.forEach(e -> all.add(e.text()));
    }
    return all;
  }

  @Test
  void theLastEntriesAndEachStreamCanBeChosen() {
    try (Container c =
        shell("echo 1; echo 2; echo bad >&2; read x; echo 3").openStdin(true).start()) {
      c.waitFor(Wait.forLog("bad"));
      c.attach().stdin(InputStream.nullInputStream()).start();
      c.waitForExit();

      assertThat(c.readLogs().tail(2).read().entries()).hasSize(2);
      assertThat(c.readLogs().tail(0).read().entries()).isEmpty();
      assertThat(c.readLogs().tail(1).read().stdout()).isEqualTo("3\n");
      assertThat(c.readLogs().tail(100).read().entries()).hasSize(4);
      assertThat(c.readLogs().stdout(false).read().stderr()).isEqualTo("bad\n");
      assertThat(c.readLogs().stdout(false).read().stdout()).isEmpty();
      assertThat(texts(c.readLogs().stderr(false).stream())).containsExactly("1\n", "2\n", "3\n");
    }
  }

  @Test
  void aSpanOfTimeCanBeChosen() throws Exception {
    // What is read together is of the same time.
    try (PipedOutputStream keyboard = new PipedOutputStream();
        Container c =
            shell("for i in 1 2 3; do echo $i; read x; done")
                .stdin(new PipedInputStream(keyboard))
                .start()) {
      for (int i = 1; i <= 3; i++) {
        c.waitFor(Wait.forLog("^" + i + "$"));
        keyboard.write('\n');
        keyboard.flush();
      }
      c.waitForExit();
      List<Logs.Entry> all = c.logs().entries();
      Instant second = all.get(1).time();

      assertThat(c.readLogs().since(second).read().stdout()).isEqualTo("2\n3\n");
      assertThat(c.readLogs().until(second).read().stdout()).isEqualTo("1\n2\n");
      assertThat(c.readLogs().since(second).until(second).read().stdout()).isEqualTo("2\n");
      assertThat(texts(c.readLogs().until(second).follow())).containsExactly("1\n", "2\n");
    }
  }

  @Test
  void followingGivesEverythingUntilTheEnd() {
    try (Container c =
        shell("for i in $(seq 200); do echo $i; done; sleep 0.1; echo end").start()) {
      List<String> lines = texts(c.readLogs().follow());

      assertThat(lines).hasSize(201).endsWith("200\n", "end\n");
      assertThat(lines.get(0)).isEqualTo("1\n");
    }
  }

  @Test
  void followingGoesOnOverRotationsAndRestarts() {
    Container c =
        shell("for i in $(seq 300); do echo $i; done; exit 1")
            .log(LogOptions.jsonFile(2000, 3))
            .restart(RestartPolicy.onFailure(2))
            .start();
    List<String> seen = texts(c.readLogs().follow());

    // A reader that is too slow loses what is rotated away; it never sees a line twice or in parts.
    assertThat(seen).last().isEqualTo("300\n");
    assertThat(seen).allMatch(line -> line.matches("\\d{1,3}\n"));
    c.remove(false);
  }

  @Test
  void linesHaveTheAttributesThatAreAskedFor() throws Exception {
    Map<String, String> options =
        Map.of("labels", "team", "env-regex", "^AP", "tag", "{{.Name}}/{{.ID}}");
    try (Container c =
        shell("echo hi")
            .name("tagged")
            .label("team", "a \"b\"")
            .label("other", "x")
            .env("APP", "web")
            .log(LogOptions.parse("json-file", options))
            .start()) {
      c.waitForExit();
      Logs.Entry entry = c.logs().entries().get(0);

      String tag = "tagged/" + c.id().substring(0, 12);
      assertThat(entry.text()).isEqualTo("hi\n");
      assertThat(entry.attributes())
          .containsExactlyInAnyOrderEntriesOf(Map.of("team", "a \"b\"", "APP", "web", "tag", tag));
      assertThat(entry.details()).startsWith("APP=web,tag=tagged%2F");
    }
    assertThatThrownBy(
            () ->
                shell("true")
                    .log(LogOptions.parse("json-file", Map.of("tag", "{{.Nothing}}")))
                    .create())
        .hasMessageContaining("{{.Nothing}}");
  }

  @Test
  void olderFilesAreCompressedAndStillRead() throws Exception {
    Map<String, String> options = Map.of("max-size", "4k", "max-file", "20", "compress", "true");
    try (Container c =
        shell("for i in $(seq 400); do echo line $i; done")
            .log(LogOptions.parse("json-file", options))
            .start()) {
      c.waitForExit();
      Path directory = FIXTURE.dataDirectory().resolve("containers").resolve(c.id());

      // As gzip has it, whatever wrote it.
      Path packed = directory.resolve("log.json.3.gz");
      try (InputStream in = new GZIPInputStream(Files.newInputStream(packed))) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
            .startsWith("{\"log\":\"line ")
            .endsWith("\"}\n");
      }
      assertThat(directory.resolve("log.json.1")).exists();
      List<String> lines = c.logs().entries().stream().map(Logs.Entry::text).toList();
      assertThat(lines).hasSize(400).startsWith("line 1\n").endsWith("line 400\n");
      assertThat(c.readLogs().tail(150).read().entries()).hasSize(150);
    }
  }

  @Test
  void followingEndsWhenItIsClosed() throws Exception {
    try (Container c = shell("echo up; sleep 1000").start()) {
      Feed<Logs.Entry> feed = c.readLogs().follow();
      assertThat(feed.next().orElseThrow().text()).isEqualTo("up\n");
      CompletableFuture<Boolean> more =
          CompletableFuture.supplyAsync(() -> feed.next().isPresent());
      Thread.sleep(20);

      feed.close();

      assertThat(more.get()).isFalse();
    }
  }

  @Test
  void bytesThatAreNoTextComeBackAsTheyWere() throws Exception {
    byte[] bytes = new byte[100_000];
    new Random(1).nextBytes(bytes);
    Path file = Files.write(FIXTURE.dataDirectory().resolve("random"), bytes);
    try (Container c =
        shell("cat /random; printf '\\377' >&2").bind(file, "/random", true).start()) {
      c.waitForExit();

      assertThat(c.logs().stdoutBytes()).isEqualTo(bytes);
      assertThat(c.logs().stderrBytes()).containsExactly(0xff);
    }
  }

  @Test
  void longLinesOfTextAreSplitBetweenCharacters() throws Exception {
    String text =
        IntStream.range(0, 20_000)
            .mapToObj(i -> "€" + "a".repeat(i % 3))
            .reduce("", String::concat);
    Path file = Files.writeString(FIXTURE.dataDirectory().resolve("text"), text + "\n");
    try (Container c = shell("cat /text").bind(file, "/text", true).start()) {
      c.waitForExit();

      assertThat(c.logs().stdout()).isEqualTo(text + "\n");
      assertThat(c.logs().entries()).allMatch(e -> text.contains(e.text().strip()));
      assertThat(Files.readString(logFile(c))).doesNotContain("raw", "\\ufffd");
    }
  }

  private Path logFile(Container c) {
    return FIXTURE.dataDirectory().resolve("containers").resolve(c.id()).resolve("log.json");
  }

  /** The fields and their forms, as github.com/moby/moby/daemon/logger/jsonfilelog reads them. */
  @Test
  void theFileIsOneThatDockersReadersKnow() throws Exception {
    try (Container c =
        shell("printf 'a\"\\\\\\t<&>\\n'; printf 'no newline'; printf '\\303(\\n' >&2").start()) {
      c.waitForExit();
      List<String> lines = Files.readAllLines(logFile(c));

      assertThat(lines).hasSize(3);
      for (String line : lines) {
        JsonReader json = Json.parse("line", line.getBytes(StandardCharsets.UTF_8));
        assertThat(json.fieldNames()).startsWith("log", "stream", "time");
        assertThat(json.string("stream")).isIn("stdout", "stderr");
        assertThat(json.string("time"))
            .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z");
      }
      assertThat(c.readLogs().stderr(false).read().stdout()).isEqualTo("a\"\\\t<&>\nno newline");
      assertThat(lines).anyMatch(l -> l.contains("\"log\":\"\\ufffd(\\n\""));
    }
  }

  /** Docker's readers join entries up to the one that ends with a newline. */
  @Test
  void aLongLineIsInPartsThatDockersReadersJoin() throws Exception {
    try (Container c =
        shell("head -c 40000 /dev/zero | tr '\\0' x; echo; echo next")
            .log(LogOptions.jsonFile(30_000, 9))
            .start()) {
      c.waitForExit();
      Path current = logFile(c);
      List<String> texts = new ArrayList<>();
      List<Instant> times = new ArrayList<>();
      for (int i = 8; i >= 0; i--) {
        Path file = i == 0 ? current : current.resolveSibling("log.json." + i);
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
          JsonReader json = Json.parse("line", line.getBytes(StandardCharsets.UTF_8));
          texts.add(json.string("log"));
          times.add(json.at("time").instant());
        }
      }

      assertThat(texts).hasSizeGreaterThan(3).allMatch(t -> t.length() <= 16 << 10);
      assertThat(String.join("", texts)).isEqualTo("x".repeat(40_000) + "\nnext\n");
      assertThat(texts.subList(0, texts.size() - 2)).noneMatch(t -> t.endsWith("\n"));
      assertThat(texts.subList(texts.size() - 2, texts.size())).allMatch(t -> t.endsWith("\n"));
      assertThat(times).isSorted();
      assertThat(current.resolveSibling("log.json.1")).exists();
    }
  }

  @Test
  void oneFileOfALimitedSizeIsBegunAnew() {
    try (Container c =
        shell("for i in $(seq 1000); do echo $i; done").log(LogOptions.jsonFile(4096, 1)).start()) {
      c.waitForExit();

      List<Logs.Entry> entries = c.logs().entries();
      assertThat(entries).isNotEmpty().hasSizeLessThan(100);
      assertThat(entries.get(entries.size() - 1).text()).isEqualTo("1000\n");
    }
  }

  @Test
  void rotatedFilesAreReadTogether() {
    try (Container c =
        shell("for i in $(seq 100); do echo $i; done")
            .log(LogOptions.jsonFile(1000, 100))
            .start()) {
      c.waitForExit();

      assertThat(c.logs().entries()).hasSize(100);
      assertThat(c.readLogs().tail(50).read().entries().get(0).text()).isEqualTo("51\n");
    }
  }

  @Test
  void anotherEngineReadsTheSame() {
    try (Engine other = Berth.open(FIXTURE.dataDirectory());
        Container c = shell("echo one; sleep 0.1; echo two").name("read").detached(true).start()) {
      assertThat(texts(other.containers().get("read").readLogs().follow()))
          .containsExactly("one\n", "two\n");
    }
  }

  @Test
  void withoutALogThereIsNothingToRead() {
    try (Container c = shell("echo hi").log(LogOptions.NONE).start()) {
      c.waitForExit();

      assertThat(c.logs().entries()).isEmpty();
      assertThat(texts(c.readLogs().tail(5).follow())).isEmpty();
    }
  }
}
