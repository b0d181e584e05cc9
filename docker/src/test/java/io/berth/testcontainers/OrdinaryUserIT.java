package io.berth.testcontainers;

import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;

import io.berth.linux.Programs;
import io.berth.rootless.OrdinaryTests;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/** Testcontainers and JUnit's extension once more, by an ordinary user. */
class OrdinaryUserIT {
  @BeforeAll
  static void assumePublishedPorts() {
    assumeTrue(
        Programs.find("pasta").isPresent() || Programs.find("slirp4netns").isPresent(),
        "published ports of an ordinary user need the Debian package passt or slirp4netns");
  }

  @TestFactory
  Stream<DynamicNode> withSubordinateIds() throws Exception {
    return Stream.of(
        dynamicContainer(
            "with ids",
            OrdinaryTests.run(
                true,
                List.of(),
                List.of(
                    "io.berth.testcontainers.RedisCase",
                    "io.berth.testcontainers.GenericContainerIT",
                    "io.berth.junit.BerthExtensionIT"))));
  }

  @TestFactory
  Stream<DynamicNode> withOneId() throws Exception {
    return Stream.of(
        dynamicContainer(
            "one id",
            OrdinaryTests.run(
                false, List.of(), List.of("io.berth.testcontainers.GenericContainerIT"))));
  }
}
