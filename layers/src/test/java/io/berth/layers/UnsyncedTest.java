package io.berth.layers;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnsyncedTest {
  @TempDir Path data;

  @Test
  void blobTornByAPowerCutIsGoneAtTheNextStart() throws IOException {
    BlobStore before = BlobStore.open(data);
    Digest torn = add(before, "torn");
    Digest whole = add(before, "whole");
    Path file = data.resolve("blobs/sha256/" + torn.hex());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Files.write(file, new byte[4]);
    // The notes are of another boot then.
    Path notes = data.resolve("blobs/unsynced");
    try (Stream<Path> boots = Files.list(notes)) {
      Files.move(boots.findFirst().orElseThrow(), notes.resolve("an-earlier-boot"));
    }

    BlobStore after = BlobStore.open(data);

    assertThat(after.has(torn)).isFalse();
    assertThat(after.has(whole)).isTrue();
    assertThat(notes).isEmptyDirectory();
  }

  @Test
  void blobsOfThisBootAreTakenAsTheyAre() throws IOException {
    Digest blob = add(BlobStore.open(data), "content");

    assertThat(BlobStore.open(data).list()).containsExactly(blob);
    assertThat(notes()).hasSize(1);
  }

  @Test
  void notesGoWhenTheirBlobsAreOnTheDisk() throws IOException {
    BlobStore store = BlobStore.open(data);
    Digest removed = add(store, "removed");
    add(store, "kept");
    store.remove(removed);
    assertThat(notes()).hasSize(1);

    new Unsynced(data.resolve("blobs"), Unsynced.currentBoot().orElseThrow())
        .settle(Instant.now().plusSeconds(1));

    assertThat(notes()).isEmpty();
  }

  @Test
  void durableStoreNeedsNoNotes() throws IOException {
    add(BlobStore.openDurable(data), "content");

    assertThat(data.resolve("blobs/unsynced")).doesNotExist();
  }

  private List<Path> notes() throws IOException {
    try (Stream<Path> all =
        Files.list(data.resolve("blobs/unsynced").resolve(Unsynced.currentBoot().orElseThrow()))) {
      return all.toList();
    }
  }

  private static Digest add(BlobStore store, String content) throws IOException {
    return store
        .ingest(
            new ByteArrayInputStream(content.getBytes()), Optional.empty(), OptionalLong.empty())
        .digest();
  }
}
