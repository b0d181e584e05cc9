package io.berth.build;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Keeps DOCKERFILE.md in step with the tests that it names. */
class DockerfileReferenceTest {
  private static final Pattern REFERENCE = Pattern.compile("`([A-Za-z0-9#-]+)`");
  private static final List<String> PACKAGES = List.of("build", "container", "dockerfile", "image");

  private static List<String> statements() throws IOException {
    String text = Files.readString(Path.of("DOCKERFILE.md"));
    return Arrays.stream(text.split("\n(?=- |\n|#)"))
        .map(String::strip)
        .filter(part -> part.startsWith("- "))
        .toList();
  }

  @Test
  void eachStatementNamesTestsThatAreThere() throws IOException {
    Set<String> cases =
        DifferentialCase.all().stream().map(DifferentialCase::name).collect(toSet());
    List<String> missing = new ArrayList<>();

    List<String> statements = statements();
    for (String statement : statements) {
      int dash = statement.lastIndexOf("— ");
      assertThat(dash).as(statement).isPositive();
      Matcher references = REFERENCE.matcher(statement.substring(dash));
      int count = 0;
      while (references.find()) {
        count++;
        if (!isThere(references.group(1), cases)) {
          missing.add(references.group(1));
        }
      }
      assertThat(count).as(statement).isPositive();
    }

    assertThat(statements).hasSizeGreaterThan(80);
    assertThat(missing).isEmpty();
  }

  private static boolean isThere(String reference, Set<String> cases) {
    int hash = reference.indexOf('#');
    if (hash < 0) {
      return cases.contains(reference);
    }
    return PACKAGES.stream()
        .flatMap(name -> find("io.berth." + name + "." + reference.substring(0, hash)).stream())
        .flatMap(test -> Arrays.stream(test.getDeclaredMethods()))
        .anyMatch(method -> method.getName().equals(reference.substring(hash + 1)));
  }

  private static Optional<Class<?>> find(String name) {
    try {
      return Optional.of(Class.forName(name));
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    }
  }
}
