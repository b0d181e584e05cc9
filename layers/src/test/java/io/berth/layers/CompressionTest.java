package io.berth.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.berth.error.InvalidInputException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.OptionalLong;
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
