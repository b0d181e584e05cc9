package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Feed;
import io.berth.api.NetworkMode;
import io.berth.api.ProcessTable;
import io.berth.api.Stats;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.testing.Await;
import io.berth.testing.TestEngine;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What containers use, and the processes in them. */
class StatsIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private final Engine berth = FIXTURE.engine();

  private Container shell(String script) {
    return berth
        .containers()
        .create(TestEngine.IMAGE)
        .command("sh", "-c", script)
        .memory("64m")
        .pidsLimit(50)
        .start();
  }

  @Test
  void whatItUsesIsMeasured() {
    FIXTURE.assumeLimits();
    try (Container c =
        shell(
            "dd if=/dev/zero of=/dev/shm/file bs=1M count=8; i=0; while :; do i=$((i+1)); done")) {
      c.waitFor(io.berth.api.Wait.forLog("copied|records out"));
      Stats first = c.stats();
      Stats second = first;
      while (second.cpu().total().minus(first.cpu().total()).toMillis() < 30) {
        second = c.stats();
      }

      assertThat(second.memory().limit()).isEqualTo(64L << 20);
      assertThat(second.memory().usage()).isBetween(8L << 20, 64L << 20);
      assertThat(second.memory().used()).isLessThanOrEqualTo(second.memory().usage());
      assertThat(second.memory().details()).isNotEmpty();
      assertThat(second.pids().current()).isEqualTo(1);
      assertThat(second.pids().limit()).contains(50L);
      assertThat(second.cpu().percentSince(first.cpu())).isPositive();
      assertThat(second.cpu().online()).isPositive();
      assertThat(second.networks()).containsOnlyKeys("eth0");
      assertThat(second.time()).isAfter(first.time());
    }
  }

  @Test
  void measurementsComeUntilItEnds() {
    try (Container c = shell("sleep 1000");
        Feed<Stats> feed = c.stats(Duration.ofMillis(20))) {
      Stats first = feed.next().orElseThrow();
      Stats second = feed.next().orElseThrow();
      assertThat(Duration.between(first.time(), second.time())).isPositive();

      c.kill("KILL");

      while (feed.next().isPresent()) {
        assertThat(c.id()).isNotEmpty();
      }
    }
  }

  @Test
  void oneThatDoesNotRunIsNotMeasured() {
    try (Container c = shell("true")) {
      c.waitForExit();

      assertThatThrownBy(c::stats)
          .isInstanceOf(ConflictException.class)
          .hasMessageContaining("not running");
      assertThatThrownBy(c::top).isInstanceOf(ConflictException.class);
      try (Feed<Stats> feed = c.stats(Duration.ofSeconds(1))) {
        assertThat(feed.next()).isEmpty();
      }
    }
  }

  @Test
  void withTheHostsNetworkItsInterfacesAreNotCounted() {
    try (Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .command("sleep", "1000")
            .network(NetworkMode.HOST)
            .start()) {
      assertThat(c.stats().networks()).isEmpty();
    }
  }

  @Test
  void itsProcessesAreShownAsPsShowsThem() {
    try (Container c = shell("sleep 777 & echo up; exec sleep 778")) {
      c.waitFor(io.berth.api.Wait.forLog("up"));
      // Either may still be the shell that was forked for it.
      Await.pass(
          () ->
              assertThat(c.top().rows())
                  .extracting(row -> row.get(7))
                  .containsExactlyInAnyOrder("sleep 777", "sleep 778"));
      ProcessTable own = c.top();
      ProcessTable ps = c.top(java.util.List.of("-eo pid,ppid,args"));

      assertThat(own.titles())
          .containsExactly("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD");
      assertThat(own.rows()).allMatch(row -> row.get(0).equals(System.getProperty("user.name")));
      assertThat(own.rows())
          .extracting(row -> row.get(7))
          .containsExactlyInAnyOrder("sleep 777", "sleep 778");
      assertThat(ps.titles()).containsExactly("PID", "PPID", "COMMAND");
      assertThat(ps.rows()).extracting(row -> row.get(2)).contains("sleep 777", "sleep 778");
      assertThat(own.rows()).extracting(row -> row.get(1)).contains("" + c.pid().getAsLong());
      assertThatThrownBy(() -> c.top(java.util.List.of("-o", "comm")))
          .isInstanceOf(InvalidInputException.class)
          .hasMessageContaining("PID");
      assertThatThrownBy(() -> c.top(java.util.List.of("--no-such-option")))
          .isInstanceOf(InvalidInputException.class);
    }
  }
}
