package io.berth.rootless;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.berth.linux.Programs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;

/** The tests of the engine once more, by an ordinary user with and without subordinate ids. */
class RootlessIT {
  private static final List<String> EVERYTHING =
      List.of(
          "io.berth.rootless.OrdinaryEngine",
          "io.berth.layers.OrdinaryOverlay",
          "io.berth.layers.OrdinaryFuse",
          "io.berth.layers.OrdinaryCopy",
          "io.berth.container.ContainerIT",
          "io.berth.container.LifeIT",
          "io.berth.container.ExecIT",
          "io.berth.container.NativeLauncherIT",
          "io.berth.container.FileAccessIT",
          "io.berth.container.LogsIT",
          "io.berth.container.StatsIT",
          "io.berth.event.EventsIT",
          "io.berth.network.NetworksIT",
          "io.berth.network.PublishIT",
          "io.berth.build.OverlayBuilderIT",
          "io.berth.build.CopyDriverBuilderIT",
          "io.berth.build.RunIT",
          "io.berth.image.HostileRootfsIT",
          "io.berth.image.ImageStoreIT");

  private static final List<String> BASICS =
      List.of(
          "io.berth.rootless.OrdinaryEngine",
          "io.berth.container.ContainerIT",
          "io.berth.container.ExecIT",
          "io.berth.container.FileAccessIT",
          "io.berth.build.OverlayBuilderIT",
          "io.berth.build.RunIT",
          "io.berth.image.ImageStoreIT");

  @TestFactory
  Stream<DynamicNode> anOrdinaryUserWithSubordinateIds() throws Exception {
    return Stream.of(dynamicContainer("with ids", tests(true, List.of(), EVERYTHING)));
  }

  @TestFactory
  Stream<DynamicNode> anOrdinaryUserWithoutSubordinateIds() throws Exception {
    return Stream.of(dynamicContainer("one id", tests(false, List.of(), BASICS)));
  }

  @TestFactory
  Stream<DynamicNode> theNetworksOfAnOrdinaryUserLeadOutside() throws Exception {
    assumeTrue(Programs.find("pasta").isPresent(), "needs the Debian package passt");
    assumeTrue(Programs.find("slirp4netns").isPresent(), "needs the Debian package slirp4netns");
    List<String> networks = List.of("io.berth.rootless.OrdinaryNetworks");
    return Stream.of(
        dynamicContainer("by pasta", tests(true, List.of("slirp4netns"), networks)),
        dynamicContainer("by slirp4netns", tests(false, List.of("pasta"), networks)));
  }

  @TestFactory
  Stream<DynamicNode> theNetworksOfAnOrdinaryUserLeadNowhereWithoutAProgram() throws Exception {
    return Stream.of(
        dynamicContainer(
            "alone",
            tests(
                true,
                List.of("pasta", "slirp4netns"),
                List.of("io.berth.rootless.OrdinaryNetworksAlone"))));
  }

  private static List<DynamicTest> tests(
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
}
