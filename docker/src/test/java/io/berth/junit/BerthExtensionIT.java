package io.berth.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.testcontainers.Offline;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Containers in fields, and what is told of them to tests. Other classes are run by a launcher of
 * JUnit's in here, some with tests in parallel.
 */
@ExtendWith(Offline.class)
@BerthTest
@Timeout(120)
public class BerthExtensionIT {
  private static final String SERVE = "echo hello > /index.html; exec httpd -f -p 8080 -h /";

  @BerthContainer(
      image = Offline.BUSYBOX,
      command = {"sh", "-c", SERVE},
      ports = 8080)
  static Container web;

  @BerthContainer(
      image = Offline.BUSYBOX,
      command = {"sh", "-c", "echo ready $WHO; sleep 1000"},
      env = "WHO=me",
      log = "ready.*")
  Container each;

  @Test
  void containersAreReady() {
    assertThat(web.exec("wget", "-q", "-O", "-", "http://127.0.0.1:8080/").execute().stdout())
        .isEqualTo("hello\n");
    assertThat(each.logs().stdout()).isEqualTo("ready me\n");
  }

  @Test
  void portsAndClientsAreGivenAsWanted(
      Engine engine,
      @ContainerPort(container = "web", value = 8080) int port,
      @ContainerPort(container = "web", value = 8080) URI uri,
      @ContainerPort(container = "web", value = 8080) InetSocketAddress address,
      @ContainerPort(container = "web", value = 8080) Socket socket)
      throws Exception {
    assertThat(engine.containers().find(web.id())).isPresent();
    assertThat(uri.getPort()).isEqualTo(port);
    assertThat(address.getPort()).isEqualTo(port);
    socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .endsWith("hello\n");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void testsInParallelHaveContainersOfTheirOwn(boolean onlyClasses, Engine engine) {
    Side.SEEN.clear();

    List<String> outcome = run(!onlyClasses, LeftCase.class, RightCase.class);

    assertThat(outcome).hasSize(8).allMatch(o -> o.startsWith("SUCCESSFUL"));
    // One for each test, and one for each class.
    assertThat(Side.SEEN).hasSize(8 + 2);
    assertThat(engine.containers().list())
        .extracting(Container::id)
        .doesNotContainAnyElementsOf(Side.SEEN);
  }

  @Test
  void classesInsideSeeTheContainersAround() {
    assertThat(run(false, AroundCase.class)).containsExactly("SUCCESSFUL seesThem(int)");
  }

  @Test
  void aContainerOfAnInstanceForAllTestsIsAsGood() {
    assertThat(run(false, OneInstanceCase.class)).hasSize(2).allMatch(o -> o.startsWith("SUCC"));
  }

  @Test
  void whatIsDeclaredWronglyIsExplained() {
    assertThat(run(false, FinalCase.class)).singleElement().asString().contains("not final");
    assertThat(run(false, UnpublishedCase.class))
        .singleElement()
        .asString()
        .contains("is not published: add it to @BerthContainer(ports = ...)");
    assertThat(run(false, AmbiguousCase.class))
        .singleElement()
        .asString()
        .contains("Which container?", "name one with @ContainerPort");
  }

  @Test
  void aContainerThatDoesNotBecomeReadyIsNamedWithItsOutput() {
    assertThat(run(false, LateCase.class))
        .singleElement()
        .asString()
        .contains(
            "The container \"late\" (" + Offline.BUSYBOX + ") is not ready", "still thinking");
  }

  @Test
  void aContainerThatHasEndedIsShownWithAFailure() {
    assertThat(run(false, DyingCase.class))
        .singleElement()
        .asString()
        .contains("the test's own failure", "\"brief\" has ended with code 7", "my last words");
  }

  @Test
  void staticContainersOfASuperclassAreOneForClassesInParallel() {
    Family.SEEN.clear();

    assertThat(run(true, OlderCase.class, YoungerCase.class))
        .hasSize(2)
        .allMatch(o -> o.startsWith("SUCC"));

    assertThat(Family.SEEN).hasSize(1);
  }

  @Test
  void classesInsideHaveContainersOfTheirOwnToo() {
    assertThat(run(false, OuterCase.class)).hasSize(2).allMatch(o -> o.startsWith("SUCC"));
  }

  @Test
  void containersGoAlsoWhenOneOfThemCannotBeStarted(Engine engine) {
    int before = engine.containers().list().size();

    assertThat(run(false, BrokenCase.class)).singleElement().asString().startsWith("FAILED");

    assertThat(engine.containers().list()).hasSize(before);
  }

  /** How each test, or class that failed, ended, with the message. */
  private static List<String> run(boolean concurrent, Class<?>... types) {
    List<String> outcome = Collections.synchronizedList(new ArrayList<>());
    var request =
        LauncherDiscoveryRequestBuilder.request()
            .filters(EngineFilter.includeEngines("junit-jupiter"))
            .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
            .configurationParameter(
                "junit.jupiter.execution.parallel.mode.default",
                concurrent ? "concurrent" : "same_thread")
            .configurationParameter(
                "junit.jupiter.execution.parallel.mode.classes.default", "concurrent")
            .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
            .configurationParameter(
                "junit.jupiter.execution.parallel.config.fixed.parallelism", "8");
    for (Class<?> type : types) {
      request.selectors(selectClass(type));
    }
    LauncherFactory.create()
        .execute(
            request.build(),
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                boolean failed = result.getStatus() != TestExecutionResult.Status.SUCCESSFUL;
                if (test.isTest() || failed) {
                  outcome.add(
                      result.getStatus()
                          + " "
                          + test.getDisplayName()
                          + result
                              .getThrowable()
                              .map(t -> ": " + t + List.of(t.getSuppressed()))
                              .orElse(""));
                }
              }
            });
    return outcome;
  }

  /** Four tests of a class that has a container of its own, and one for each test. */
  abstract static class Side {
    static final Set<String> SEEN = new ConcurrentSkipListSet<>();

    @BerthContainer(
        image = Offline.BUSYBOX,
        command = {"sleep", "1000"})
    Container own;

    private void use(Container shared) {
      SEEN.add(own.id());
      SEEN.add(shared.id());
      assertThat(own.exec("echo", own.id()).execute().stdout()).isEqualTo(own.id() + "\n");
      assertThat(own.id()).isNotEqualTo(shared.id());
    }

    abstract Container shared();

    @Test
    void one() {
      use(shared());
    }

    @Test
    void two() {
      use(shared());
    }

    @Test
    void three() {
      use(shared());
    }

    @Test
    void four() {
      use(shared());
    }
  }

  @BerthTest
  static class LeftCase extends Side {
    @BerthContainer(
        image = Offline.BUSYBOX,
        command = {"sleep", "1000"})
    static Container left;

    @Override
    Container shared() {
      return left;
    }
  }

  @BerthTest
  static class RightCase extends Side {
    @BerthContainer(
        image = Offline.BUSYBOX,
        command = {"sleep", "1000"})
    static Container right;

    @Override
    Container shared() {
      return right;
    }
  }

  @BerthTest
  static class AroundCase {
    @BerthContainer(
        image = Offline.BUSYBOX,
        command = {"sh", "-c", SERVE},
        ports = 8080)
    static Container around;

    @Nested
    class Inner {
      @Test
      void seesThem(@ContainerPort(8080) int port) {
        assertThat(port).isPositive();
        assertThat(around.state().status().isActive()).isTrue();
      }
    }
  }

  @BerthTest
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static class OneInstanceCase {
    private final Set<String> ids = new TreeSet<>();

    @BerthContainer(
        image = Offline.BUSYBOX,
        command = {"sleep", "1000"})
    Container again;

    @Test
    void first() {
      assertThat(ids.add(again.id())).isTrue();
    }

    @Test
    void second() {
      assertThat(ids.add(again.id())).isTrue();
    }
  }

  @BerthTest
  static class FinalCase {
    @BerthContainer(image = Offline.BUSYBOX)
    static final Container FIXED = null;

    @Test
    void never() {}
  }

  @BerthTest
  static class UnpublishedCase {
    @BerthContainer(
        image = Offline.BUSYBOX,
        command = {"sleep", "1000"})
    static Container closed;

    @Test
    void wants(@ContainerPort(80) int port) {}
  }

  @BerthTest
  static class AmbiguousCase {
    @BerthContainer(
        image = Offline.BUSYBOX,
        command = {"sleep", "1000"})
    static Container one;

    @BerthContainer(
        image = Offline.BUSYBOX,
        command = {"sleep", "1000"})
    static Container two;

    @Test
    void wants(Container which) {}
  }

  @BerthTest
  static class LateCase {
    @BerthContainer(
        image = Offline.BUSYBOX,
        command = {"sh", "-c", "echo still thinking; sleep 1000"},
        log = "never",
        timeout = 2)
    static Container late;

    @Test
    void never() {}
  }

  @BerthTest
  static class DyingCase {
    @BerthContainer(
        image = Offline.BUSYBOX,
        command = {
          "sh",
          "-c",
          "echo my last words; until test -e /go; do sleep 0.05; done; exit 7"
        },
        log = "words")
    Container brief;

    @Test
    void fails() {
      brief.exec("touch", "/go").execute();
      brief.waitForExit();
      throw new IllegalStateException("the test's own failure");
    }
  }

  /** Its subclasses wait for each other, so both have the field at the same time. */
  @BerthTest
  abstract static class Family {
    static final Set<String> SEEN = new ConcurrentSkipListSet<>();
    static final CyclicBarrier BOTH = new CyclicBarrier(2);

    @BerthContainer(
        image = Offline.BUSYBOX,
        command = {"sleep", "1000"})
    static Container heirloom;

    @Test
    void usesIt() throws Exception {
      SEEN.add(heirloom.id());
      BOTH.await(60, TimeUnit.SECONDS);
      assertThat(heirloom.exec("true").execute().exitCode()).isZero();
    }
  }

  static class OlderCase extends Family {}

  static class YoungerCase extends Family {}

  @BerthTest
  static class OuterCase {
    @BerthContainer(
        image = Offline.BUSYBOX,
        command = {"sleep", "1000"})
    static Container shared;

    @BerthContainer(
        image = Offline.BUSYBOX,
        command = {"sleep", "1000"})
    Container outer;

    @Nested
    class Inner {
      @BerthContainer(
          image = Offline.BUSYBOX,
          command = {"sleep", "1000"})
      Container inner;

      @Test
      void hasThree() {
        assertThat(Set.of(shared.id(), outer.id(), inner.id())).hasSize(3);
        assertThat(inner.exec("true").execute().exitCode()).isZero();
      }
    }

    @Test
    void hasTwo() {
      assertThat(outer.id()).isNotEqualTo(shared.id());
    }
  }

  @BerthTest
  static class BrokenCase {
    @BerthContainer(
        image = Offline.BUSYBOX,
        command = {"sleep", "1000"})
    static Container good;

    @BerthContainer(image = Offline.BUSYBOX, command = "no-such-program")
    static Container bad;

    @Test
    void never() {}
  }
}
