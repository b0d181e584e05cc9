package io.berth.rootless;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.Arrays;
import java.util.Optional;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** A program that runs test classes and tells how each test ended, a line each. */
public final class RunTests {
  static final String MARK = "@@test";

  private RunTests() {}

  /**
   * Runs them and ends this JVM.
   *
   * @param names of classes, or of methods: {@code CLASS#METHOD(PARAMETER-TYPE, ...)}
   */
  public static void main(String[] names) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(Arrays.stream(names).map(RunTests::select).toList())
            .filters(EngineFilter.includeEngines("junit-jupiter"))
            .build();
    LauncherFactory.create().execute(request, new Reporter());
    System.out.flush();
    System.exit(0);
  }

  private static DiscoverySelector select(String name) {
    return name.contains("#") ? selectMethod(name) : selectClass(name);
  }

  private static final class Reporter implements TestExecutionListener {
    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
      tell(test, "SKIPPED", reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      boolean failed = result.getStatus() == TestExecutionResult.Status.FAILED;
      boolean aborted = result.getStatus() == TestExecutionResult.Status.ABORTED;
      if (!test.isTest() && !failed && !aborted) {
        return;
      }
      Optional<Throwable> error = result.getThrowable();
      error.filter(e -> failed).ifPresent(e -> e.printStackTrace(System.out));
      tell(
          test,
          failed ? "FAILED" : aborted ? "SKIPPED" : "PASSED",
          error.map(Throwable::toString).orElse(""));
    }

    private static void tell(TestIdentifier test, String outcome, String why) {
      String type =
          test.getSource()
              .filter(MethodSource.class::isInstance)
              .map(s -> ((MethodSource) s).getClassName().replaceFirst(".*\\.", "") + ".")
              .orElse("");
      System.out.println(
          String.join(
              "\t",
              MARK,
              outcome,
              type + test.getDisplayName().replace('\t', ' ').replace('\n', ' '),
              why.replace('\n', ' ').replace('\t', ' ')));
    }
  }
}
