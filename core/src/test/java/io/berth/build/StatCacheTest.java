package io.berth.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatCacheTest {
  private static final Path CONTEXT = Path.of("/context");
  private static final StatCache.Stamp OLD = new StatCache.Stamp(3, 1000, 2000, 42);

  @TempDir Path directory;
  private final AtomicInteger reads = new AtomicInteger();

  @Test
  void unchangedFileIsNotReadAgainByTheNextBuild() {
    StatCache first = StatCache.load(directory, CONTEXT);
    Digest digest = first.digest("a\udc80", OLD, reading("abc"));
    first.save();

    Digest again = StatCache.load(directory, CONTEXT).digest("a\udc80", OLD, reading("other"));

    assertThat(again).isEqualTo(digest);
    assertThat(reads).hasValue(1);
  }

  @Test
  void changeOfAnyPartOfTheStampMeansReading() {
    for (StatCache.Stamp changed :
        new StatCache.Stamp[] {
          new StatCache.Stamp(4, 1000, 2000, 42),
          new StatCache.Stamp(3, 1001, 2000, 42),
          new StatCache.Stamp(3, 1000, 2001, 42),
          new StatCache.Stamp(3, 1000, 2000, 43)
        }) {
      StatCache cache = StatCache.load(directory, CONTEXT);
      cache.digest("a", OLD, reading("abc"));

      Digest digest = cache.digest("a", changed, reading("new"));

      assertThat(digest).as("%s", changed).isEqualTo(sha("new"));
    }
  }

  @Test
  void fileThatChangedJustNowIsNotTrustedLater() {
    // Some time ahead: loading takes its time, too.
    long now = (System.currentTimeMillis() + 60_000) * 1_000_000;
    StatCache.Stamp fresh = new StatCache.Stamp(3, 1000, now, 42);
    StatCache cache = StatCache.load(directory, CONTEXT);

    cache.digest("a", fresh, reading("abc"));
    cache.digest("a", fresh, reading("abd"));

    assertThat(reads).hasValue(2);
  }

  @Test
  void damagedCacheIsAnEmptyOne() throws IOException {
    StatCache first = StatCache.load(directory, CONTEXT);
    first.digest("a", OLD, reading("abc"));
    first.save();
    Path file;
    try (Stream<Path> files = Files.list(directory)) {
      file = files.findFirst().orElseThrow();
    }
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);

    Digest digest = StatCache.load(directory, CONTEXT).digest("a", OLD, reading("xyz"));

    assertThat(digest).isEqualTo(sha("xyz"));
  }

  private Supplier<Digest> reading(String content) {
    return () -> {
      reads.incrementAndGet();
      return sha(content);
    };
  }

  private static Digest sha(String content) {
    return Digest.sha256(content.getBytes(StandardCharsets.UTF_8));
  }
}
