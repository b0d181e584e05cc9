package io.berth.layers;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.berth.error.BerthException;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalLong;

/** Layers as registries and archives have them: compressed tars of any kind. */
class TarFuzzTest {
  private static final long LIMIT = 8 << 20;

  @FuzzTest
  void fuzz(byte[] data) {
    try {
      InputStream plain =
          Compression.decompress(new ByteArrayInputStream(data), OptionalLong.of(LIMIT));
      TarReader tar = new TarReader(plain);
      for (Optional<TarEntry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
        check(entry.get());
        tar.content().skip(1 << 16);
      }
    } catch (BerthException | IOException refused) {
      // Said in words.
    }
  }

  private static void check(TarEntry entry) {
    assertThat(entry.size()).isNotNegative();
    String path = EntryPaths.of(entry.name());
    assertThat(path).doesNotStartWith("/");
    assertThat(path.split("/")).doesNotContain("..");
  }
}
