package io.berth.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobStoreTest {
  @TempDir Path data;
  private final byte[] content = new byte[300_000];
  private Digest digest;
  private BlobStore blobs;

  @BeforeEach
  void open() {
    new Random(1).nextBytes(content);
    digest = Digest.sha256(content);
    blobs = BlobStore.open(data);
  }

  @Test
  void keepsContentUnderItsDigest() throws IOException {
    BlobStore.Blob blob = blobs.ingest(stream(content), Optional.empty(), OptionalLong.empty());

    assertThat(blob).isEqualTo(new BlobStore.Blob(digest, content.length));
    assertThat(data.resolve("blobs/sha256/" + digest.hex())).hasBinaryContent(content);
    try (InputStream in = blobs.open(digest)) {
      assertThat(in.readAllBytes()).isEqualTo(content);
    }
    assertThat(blobs.list()).containsExactly(digest);
    blobs.remove(digest);
    assertThat(blobs.has(digest)).isFalse();
    assertThatThrownBy(() -> blobs.open(digest)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void draftBecomesABlobWhenItsDigestIsTold() {
    Digest other = Digest.sha512(content);
    for (Digest expected : List.of(digest, other)) {
      try (BlobStore.Draft draft = blobs.draft()) {
        draft.write(content, 0, 1000);
        draft.write(content, 1000, content.length - 1000);
        assertThat(draft.size()).isEqualTo(content.length);

        assertThat(draft.commit(expected)).isEqualTo(new BlobStore.Blob(expected, content.length));
      }
    }

    assertThat(blobs.list()).containsExactlyInAnyOrder(digest, other);
    assertThat(data.resolve("ingest")).isEmptyDirectory();
  }

  @Test
  void draftThatIsClosedOrSomethingElseLeavesNothing() {
    try (BlobStore.Draft draft = blobs.draft()) {
      draft.write(content, 0, 1000);
    }
    try (BlobStore.Draft draft = blobs.draft()) {
      draft.write(content, 0, 1000);
      assertThatThrownBy(() -> draft.commit(digest)).isInstanceOf(InvalidInputException.class);
    }

    assertThat(blobs.list()).isEmpty();
    assertThat(data.resolve("ingest")).isEmptyDirectory();
  }

  @Test
  void refusesCorruptShortAndLongContentLeavingNothing() throws IOException {
    byte[] corrupt = content.clone();
    corrupt[1000]++;

    for (byte[] wrong :
        List.of(corrupt, new byte[0], java.util.Arrays.copyOf(content, content.length + 1))) {
      assertThatThrownBy(
              () ->
                  blobs.ingest(stream(wrong), Optional.of(digest), OptionalLong.of(content.length)))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining(digest.toString());
    }

    assertThat(blobs.list()).isEmpty();
    assertThat(ingests()).isEmpty();
  }

  @Test
  void resumesWhereItStoppedAlsoInAnotherStore() {
    try (BlobStore.Ingest first = blobs.begin(digest, content.length)) {
      first.write(content, 0, 200_000);
      assertThatThrownBy(first::commit).isInstanceOf(InvalidInputException.class);
    }

    try (BlobStore.Ingest second = BlobStore.open(data).begin(digest, content.length)) {
      assertThat(second.offset()).isEqualTo(200_000);
      second.write(content, 200_000, 100_000);
      assertThatThrownBy(() -> second.write(content, 0, 1))
          .isInstanceOf(InvalidInputException.class);
      second.commit();
    }

    assertThat(blobs.size(digest)).isEqualTo(content.length);
    try (BlobStore.Ingest third = blobs.begin(digest, content.length)) {
      assertThat(third.offset()).isEqualTo(content.length);
      third.commit();
    }
  }

  @Test
  void dropsAPartThatTurnsOutWrong() throws IOException {
    byte[] wrong = content.clone();
    wrong[0]++;
    try (BlobStore.Ingest ingest = blobs.begin(digest, content.length)) {
      ingest.write(wrong, 0, wrong.length);
      assertThatThrownBy(ingest::commit).isInstanceOf(InvalidInputException.class);
    }

    try (BlobStore.Ingest again = blobs.begin(digest, content.length)) {
      assertThat(again.offset()).isZero();
    }
    assertThat(blobs.has(digest)).isFalse();
  }

  @Test
  void waitsForAnotherIngestOfTheSameContentAndFindsItDone() throws Exception {
    BlobStore.Ingest first = blobs.begin(digest, content.length);
    java.util.concurrent.CompletableFuture<Long> second =
        java.util.concurrent.CompletableFuture.supplyAsync(
            () -> {
              try (BlobStore.Ingest ingest = blobs.begin(digest, content.length)) {
                return ingest.offset();
              }
            });

    first.write(content, 0, content.length);
    first.commit();

    assertThat(second.get()).isEqualTo(content.length);
    assertThat(ingests()).isEmpty();
  }

  @Test
  void removesWhatACrashLeft() throws IOException {
    Path left = Files.write(data.resolve("ingest/tmp-123"), content);

    BlobStore.open(data);

    assertThat(left).doesNotExist();
  }

  private List<Path> ingests() throws IOException {
    try (Stream<Path> all = Files.list(data.resolve("ingest"))) {
      return all.toList();
    }
  }

  private static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }
}
