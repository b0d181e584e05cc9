package io.berth.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.berth.error.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class CompressionTest {
  private final byte[] plain = new byte[100_000];

  @Test
  void findsTheCompressionByTheFirstBytes() throws IOException {
    for (byte[] content : List.of(plain, gzip(plain), Zstd.compress(plain), new byte[0])) {
      byte[] expected = content.length == 0 ? content : plain;
      assertThat(decompress(content, OptionalLong.of(plain.length))).isEqualTo(expected);
    }
  }

  @Test
  void stopsABombAtTheLimit() throws IOException {
    for (byte[] content : List.of(plain, gzip(plain), Zstd.compress(plain))) {
      assertThatThrownBy(() -> decompress(content, OptionalLong.of(plain.length - 1)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("99999");
    }
  }

  @Test
  void readsAllMembersThoughTheStreamDoesNotSayWhatIsAvailable() throws IOException {
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    for (int i = 0; i < 5; i++) {
      members.write(gzip(plain));
    }
    InputStream silent =
        new FilterInputStream(new ByteArrayInputStream(members.toByteArray())) {
          @Override
          public int available() {
            return 0;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return super.read(bytes, offset, Math.min(length, 7));
          }
        };

    try (InputStream in = Compression.decompress(silent, OptionalLong.empty())) {
      assertThat(in.readAllBytes()).hasSize(5 * plain.length);
    }
  }

  @Test
  void parallelGzipIsGzipAndDependsOnNothingButTheContent() throws IOException {
    Random random = new Random(1);
    for (int size : List.of(0, 1, 100, 512 << 10, (512 << 10) + 1, 3_000_000)) {
      byte[] content = new byte[size];
      for (int i = 0; i < size; i++) {
        content[i] = (byte) (random.nextInt(100) < 30 ? random.nextInt() : i / 50);
      }

      byte[] one = parallelGzip(content, 1, 8192);
      byte[] four = parallelGzip(content, 4, 1000);

      assertThat(four).as("size %d", size).isEqualTo(one);
      assertThat(decompress(one, OptionalLong.empty())).isEqualTo(content);
      assertThat(size > 100 && one.length > size * 9L / 10).isFalse();
    }
  }

  private static byte[] parallelGzip(byte[] content, int threads, int piece) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ParallelGzip out = new ParallelGzip(bytes, threads)) {
      for (int at = 0; at < content.length; at += piece) {
        out.write(content, at, Math.min(piece, content.length - at));
      }
    }
    return bytes.toByteArray();
  }

  private static byte[] decompress(byte[] content, OptionalLong limit) throws IOException {
    try (InputStream in = Compression.decompress(new ByteArrayInputStream(content), limit)) {
      return in.readAllBytes();
    }
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    }
    return bytes.toByteArray();
  }
}
