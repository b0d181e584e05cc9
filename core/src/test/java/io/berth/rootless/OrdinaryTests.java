package io.berth.rootless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.opentest4j.TestAbortedException;

/** Runs classes of tests, or a program, as an ordinary user. */
public final class OrdinaryTests {
  private OrdinaryTests() {}

  /**
   * Runs classes in a JVM of the user's; each of their tests is one of the result.
   *
   * @param subordinate whether he has subordinate ids
   * @param hidden programs that are as if they were not installed
   */
  public static List<DynamicTest> run(
      boolean subordinate, List<String> hidden, List<String> classes)
      throws IOException, InterruptedException {
    try (OrdinaryUser user = OrdinaryUser.make(subordinate, hidden)) {
      String output = user.run(RunTests.class, List.of(), classes);
      List<DynamicTest> tests = new ArrayList<>();
      for (String line : output.lines().toList()) {
        String[] parts = line.split("\t", -1);
        if (parts[0].equals(RunTests.MARK)) {
          tests.add(dynamicTest(parts[2], () -> hold(parts[1], parts[3], output)));
        }
      }
      assertThat(tests).as(output).isNotEmpty();
      return tests;
    }
  }

  private static void hold(String outcome, String why, String output) {
    switch (outcome) {
      case "PASSED" -> {}
      case "SKIPPED" -> throw new TestAbortedException(why);
      default -> fail(why + "\n" + output);
    }
  }

  /** What a program writes that the user runs to its end; he has subordinate ids. */
  public static String output(Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    try (OrdinaryUser user = OrdinaryUser.make(true, List.of())) {
      return user.run(main, List.of(), arguments);
    }
  }
}
