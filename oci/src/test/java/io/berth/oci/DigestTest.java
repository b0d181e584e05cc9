package io.berth.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {
  private static final String EMPTY_SHA256 =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final byte[] ABC = "abc".getBytes(StandardCharsets.US_ASCII);

  @Test
  void hashesBytes() {
    assertThat(Digest.sha256(new byte[0])).hasToString("sha256:" + EMPTY_SHA256);
    assertThat(Digest.sha256(ABC).hex())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(Digest.sha512(ABC).hex()).startsWith("ddaf35a193617aba").hasSize(128);
  }

  @Test
  void parsesWhatItPrints() {
    Digest digest = Digest.parse("sha256:" + EMPTY_SHA256);

    assertThat(digest.algorithm()).isEqualTo("sha256");
    assertThat(digest.hex()).isEqualTo(EMPTY_SHA256);
    assertThat(digest.shortHex()).isEqualTo("e3b0c44298fc");
    assertThat(Digest.parse(Digest.sha512(ABC).toString())).isEqualTo(Digest.sha512(ABC));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        EMPTY_SHA256,
        "sha256",
        "sha256:",
        "sha256:abc",
        "SHA256:" + EMPTY_SHA256,
        "sha256:E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256:" + EMPTY_SHA256 + "0",
        "sha256:" + EMPTY_SHA256 + "\n",
        " sha256:" + EMPTY_SHA256,
        "sha256: 3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "sha256:../../../../../../../../../../../../../../../../../../etc/passwd",
        "sha512:" + EMPTY_SHA256,
        "md5:d41d8cd98f00b204e9800998ecf8427e",
        "sha256+b64:" + EMPTY_SHA256
      })
  void rejectsAnythingElse(String text) {
    assertThatThrownBy(() -> Digest.parse(text)).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void takesBytesInPieces() {
    Digester digester = Digester.sha256();

    digester.update(new byte[] {'x', 'a'}, 1, 1).update(ByteBuffer.wrap(ABC, 1, 2));

    assertThat(digester.size()).isEqualTo(3);
    assertThat(digester.digest()).isEqualTo(Digest.sha256(ABC));
    assertThatThrownBy(() -> new Digester("md5")).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void chainIdsFollowTheSpecification() {
    Digest a = Digest.sha256("a".getBytes(StandardCharsets.US_ASCII));
    Digest b = Digest.sha256("b".getBytes(StandardCharsets.US_ASCII));
    Digest ab = Digest.sha256((a + " " + b).getBytes(StandardCharsets.US_ASCII));
    Digest aba = Digest.sha256((ab + " " + a).getBytes(StandardCharsets.US_ASCII));

    assertThat(ChainId.of(List.of(a))).isEqualTo(a);
    assertThat(ChainId.of(List.of(a, b, a))).isEqualTo(aba);
    assertThat(ChainId.all(List.of(a, b, a))).containsExactly(a, ab, aba);
    assertThat(ChainId.all(List.of())).isEmpty();
    assertThatThrownBy(() -> ChainId.of(List.of())).isInstanceOf(IllegalArgumentException.class);
  }
}
