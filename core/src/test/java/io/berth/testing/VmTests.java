package io.berth.testing;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import java.util.Arrays;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Runs test classes without a build around them, such as in a virtual machine. */
public final class VmTests {
  private VmTests() {}

  /** Prints what failed, and a last line {@code vm: N passed, N failed, N skipped}. */
  public static void main(String[] classes) {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    Launcher launcher = LauncherFactory.create();
    launcher.execute(
        LauncherDiscoveryRequestBuilder.request()
            .selectors(
                Arrays.stream(classes).map(name -> (DiscoverySelector) selectClass(name)).toList())
            .filters(EngineFilter.includeEngines("junit-jupiter"))
            .build(),
        listener);
    listener.getSummary().printFailuresTo(new PrintWriter(System.out), 12);
    System.out.printf(
        "vm: %d passed, %d failed, %d skipped%n",
        listener.getSummary().getTestsSucceededCount(),
        listener.getSummary().getTotalFailureCount(),
        listener.getSummary().getTestsAbortedCount());
  }
}
