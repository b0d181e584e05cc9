package io.berth.testcontainers;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * The list of what works in {@code docker/TESTCONTAINERS.md} is that of the tests which show it.
 */
class CompatibilityListTest {
  private static final Path PAGE = Path.of("TESTCONTAINERS.md");

  @Test
  void thePageListsEachTestOnce() throws Exception {
    String page = Files.readString(PAGE);

    assertThat(page).contains(list());
  }

  private static String list() {
    StringBuilder text = new StringBuilder();
    for (Class<?> type : CompatibilitySuite.CLASSES) {
      text.append("\n### `").append(type.getSimpleName()).append("`\n\n");
      TreeSet<String> sentences = new TreeSet<>();
      for (Method method : type.getDeclaredMethods()) {
        if (Arrays.stream(method.getAnnotations())
            .anyMatch(a -> a instanceof Test || a instanceof ParameterizedTest)) {
          sentences.add(sentence(method.getName()));
        }
      }
      sentences.forEach(s -> text.append("- ").append(s).append('\n'));
    }
    return text.toString();
  }

  private static String sentence(String method) {
    return method.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT).strip();
  }

  /** Prints the list, to be put into the page. */
  public static void main(String[] args) {
    System.out.print(list());
  }
}
