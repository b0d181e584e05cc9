package io.berth.oci;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ReferencePropertyTest {
  @Property
  void theFullFormIsReadBackAsTheSame(@ForAll("references") Reference reference) {
    assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
  }

  @Property
  void anyTextIsReadToAFixedPointOrRejected(@ForAll("nearlyNames") String text) {
    try {
      Reference reference = Reference.parse(text);

      assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
    } catch (InvalidInputException e) {
      assertThat(e).hasMessageStartingWith("Invalid image name");
    }
  }

  @Provide
  Arbitrary<String> nearlyNames() {
    return Arbitraries.strings().withChars("ab0A./:@_-[]\n").ofMaxLength(24);
  }

  @Provide
  Arbitrary<Reference> references() {
    Arbitrary<String> word =
        Arbitraries.strings().withChars("abz019").ofMinLength(1).ofMaxLength(6);
    Arbitrary<String> separator = Arbitraries.of(".", "_", "__", "-", "---");
    Arbitrary<String> part = Combinators.combine(word, separator, word).as((a, s, b) -> a + s + b);
    Arbitrary<String> path = part.list().ofMinSize(2).ofMaxSize(4).map(l -> String.join("/", l));
    Arbitrary<String> domain =
        Arbitraries.of(
            "docker.io",
            "localhost",
            "localhost:5000",
            "a.b-c.example",
            "10.0.0.1:443",
            "UPPER",
            "[::1]",
            "[fc00::1]:5000");
    Arbitrary<Optional<String>> tag =
        Arbitraries.strings().withChars("aZ09_").ofMinLength(1).ofMaxLength(128).optional();
    Arbitrary<Optional<Digest>> digest =
        Arbitraries.strings()
            .alpha()
            .map(s -> Digest.sha256(s.getBytes(StandardCharsets.UTF_8)))
            .optional();
    return Combinators.combine(domain, path, tag, digest).as(Reference::new);
  }
}
