package io.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatheredOutputTest {
  @TempDir Path directory;

  @Test
  void writesAllOfPiecesOfAnySize() throws Exception {
    byte[] content = new byte[3_000_001];
    new Random(2).nextBytes(content);
    Path file = Files.createFile(directory.resolve("f"));

    try (Fd fd = FileCalls.open(Fd.CWD, file.toString(), OpenFlags.RDWR, 0, 0);
        GatheredOutput out = new GatheredOutput(fd)) {
      int[] sizes = {1, 63 << 10, 70_000, 1 << 20, content.length};
      for (int done = 0, i = 0; done < content.length; i++) {
        int n = Math.min(sizes[Math.min(i, sizes.length - 1)], content.length - done);
        out.write(content, done, n);
        done += n;
      }
      out.flush();
    }

    assertThat(file).hasBinaryContent(content);
  }

  @Test
  void cannotBeUsedOnceItIsClosed() throws Exception {
    Path file = Files.createFile(directory.resolve("f"));
    try (Fd fd = FileCalls.open(Fd.CWD, file.toString(), OpenFlags.RDWR, 0, 0)) {
      GatheredOutput out = new GatheredOutput(fd);
      out.write(new byte[10], 0, 10);
      out.close();

      assertThatThrownBy(() -> out.write(new byte[10], 0, 10))
          .isInstanceOf(IllegalStateException.class);
      out.flush();
    }
    assertThat(file).isEmptyFile();
  }
}
