package io.berth.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.volume.VolumeDriver.Kept;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every volume driver must do. */
abstract class VolumeDriverContract {
  @TempDir Path directory;
  private VolumeDriver driver;

  abstract VolumeDriver open(Path directory) throws IOException;

  void end() throws IOException {}

  @BeforeEach
  void open() throws IOException {
    driver = open(directory);
  }

  @AfterEach
  void close() throws IOException {
    end();
  }

  @Test
  void aVolumeIsThereFromItsMakingToItsRemoval() {
    assertThat(driver.find("vol")).isEmpty();
    assertThat(driver.list()).isEmpty();

    driver.create("vol", Map.of());

    assertThat(driver.find("vol")).map(Kept::name).contains("vol");
    assertThat(driver.list()).extracting(Kept::name).containsExactly("vol");
    driver.remove("vol");
    assertThat(driver.find("vol")).isEmpty();
    assertThat(driver.list()).isEmpty();
  }

  @Test
  void dataStaysBetweenMounts() throws IOException {
    driver.create("vol", Map.of());

    Files.writeString(driver.mount("vol", "one").resolve("f"), "1");
    driver.unmount("vol", "one");
    Path again = driver.mount("vol", "two");

    assertThat(again.resolve("f")).hasContent("1");
    driver.unmount("vol", "two");
    driver.unmount("vol", "two");
    driver.remove("vol");
    driver.create("vol", Map.of());
    assertThat(driver.mount("vol", "three").resolve("f")).doesNotExist();
    driver.unmount("vol", "three");
  }

  @Test
  void severalUsersSeeTheSameData() throws IOException {
    driver.create("vol", Map.of());
    driver.create("other", Map.of());

    Path one = driver.mount("vol", "one");
    Path two = driver.mount("vol", "two");
    Files.writeString(one.resolve("f"), "1");
    driver.unmount("vol", "one");

    assertThat(two.resolve("f")).hasContent("1");
    assertThat(driver.mount("other", "one").resolve("f")).doesNotExist();
    driver.unmount("vol", "two");
    driver.unmount("other", "one");
  }
}
