package io.berth.rootless;

import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;

import io.berth.linux.Programs;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** The tests of the engine once more, by an ordinary user with and without subordinate ids. */
class RootlessIT {
  private static final List<String> EVERYTHING =
      List.of(
          "io.berth.rootless.OrdinaryEngine",
          "io.berth.layers.OrdinaryOverlay",
          "io.berth.layers.OrdinaryFuse",
          "io.berth.layers.OrdinaryCopy",
          "io.berth.container.ContainerIT",
          "io.berth.container.IsolationIT",
          "io.berth.container.LifeIT",
          "io.berth.container.ExecIT",
          "io.berth.container.NativeLauncherIT",
          "io.berth.container.RuncLauncherIT",
          "io.berth.container.CrunLauncherIT",
          "io.berth.container.BundleIT",
          "io.berth.container.FileAccessIT",
          "io.berth.container.ContainerImagesIT",
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
          "io.berth.container.IsolationIT",
          "io.berth.container.ExecIT",
          "io.berth.container.FileAccessIT",
          "io.berth.container.ContainerImagesIT",
          "io.berth.build.OverlayBuilderIT",
          "io.berth.build.RunIT",
          "io.berth.image.ImageStoreIT");

  @TestFactory
  Stream<DynamicNode> anOrdinaryUserWithSubordinateIds() throws Exception {
    return Stream.of(dynamicContainer("with ids", OrdinaryTests.run(true, List.of(), EVERYTHING)));
  }

  @TestFactory
  Stream<DynamicNode> anOrdinaryUserWithoutSubordinateIds() throws Exception {
    return Stream.of(dynamicContainer("one id", OrdinaryTests.run(false, List.of(), BASICS)));
  }

  @TestFactory
  Stream<DynamicNode> theNetworksOfAnOrdinaryUserLeadOutside() throws Exception {
    assumeTrue(Programs.find("pasta").isPresent(), "needs the Debian package passt");
    assumeTrue(Programs.find("slirp4netns").isPresent(), "needs the Debian package slirp4netns");
    List<String> networks = List.of("io.berth.rootless.OrdinaryNetworks");
    return Stream.of(
        dynamicContainer("by pasta", OrdinaryTests.run(true, List.of("slirp4netns"), networks)),
        dynamicContainer("by slirp4netns", OrdinaryTests.run(false, List.of("pasta"), networks)));
  }

  @TestFactory
  Stream<DynamicNode> theNetworksOfAnOrdinaryUserLeadNowhereWithoutAProgram() throws Exception {
    return Stream.of(
        dynamicContainer(
            "alone",
            OrdinaryTests.run(
                true,
                List.of("pasta", "slirp4netns"),
                List.of("io.berth.rootless.OrdinaryNetworksAlone"))));
  }
}
