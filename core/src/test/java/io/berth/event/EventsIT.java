package io.berth.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Event;
import io.berth.api.Feed;
import io.berth.error.InvalidInputException;
import io.berth.testing.TestEngine;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What happens, as the journal tells it. */
class EventsIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  private final Engine berth = FIXTURE.engine();

  private static List<String> actions(List<Event> events) {
    return events.stream().map(Event::action).toList();
  }

  @Test
  void theLifeOfAContainerIsTold() {
    FIXTURE.assumeLimits();
    Instant before = Instant.now();
    Container c =
        berth
            .containers()
            .create(TestEngine.IMAGE)
            .command("sh", "-c", "sleep 1000")
            .label("colour", "red")
            .name("told")
            .start();
    c.exec("true").execute();
    c.pause();
    c.unpause();
    c.rename("renamed");
    c.kill("KILL");
    c.waitForExit();
    c.remove(false);

    List<Event> events = berth.events().read().since(before).filter("container", c.id()).list();

    assertThat(actions(events))
        .containsExactly(
            "create",
            "start",
            "exec_create: true",
            "exec_start: true",
            "exec_die",
            "pause",
            "unpause",
            "rename",
            "kill",
            "die",
            "destroy");
    assertThat(events).allMatch(e -> e.type().equals("container") && e.id().equals(c.id()));
    Map<String, String> created = events.get(0).attributes();
    assertThat(created)
        .containsEntry("colour", "red")
        .containsEntry("name", "told")
        .containsEntry("image", TestEngine.IMAGE);
    assertThat(events.get(4).attributes()).containsEntry("exitCode", "0").containsKey("execID");
    assertThat(events.get(7).attributes()).containsEntry("oldName", "told");
    assertThat(events.get(9).attributes()).containsEntry("exitCode", "137");
  }

  @Test
  void theyAreSeenFromAnotherEngineAsTheyHappen() {
    try (Engine other = Berth.open(FIXTURE.dataDirectory());
        Feed<Event> feed = other.events().read().filter("label", "watched=yes").follow();
        Container c =
            berth
                .containers()
                .create(TestEngine.IMAGE)
                .command("sh", "-c", "exit 3")
                .label("watched", "yes")
                .start()) {
      assertThat(feed.next().orElseThrow().action()).isEqualTo("create");
      assertThat(feed.next().orElseThrow().action()).isEqualTo("start");
      Event end = feed.next().orElseThrow();
      assertThat(end.action()).isEqualTo("die");
      assertThat(end.attributes()).containsEntry("exitCode", "3");
      assertThat(c.waitForExit()).isEqualTo(3);
    }
  }

  @Test
  void aFeedWithAnEndEnds() {
    EventJournal journal = new EventJournal(FIXTURE.dataDirectory(), Clock.systemUTC());
    journal.append("network", "create", "n1", Map.of("name", "first"));
    Instant between = Instant.now();
    journal.append("network", "create", "n2", Map.of("name", "second"));

    try (Feed<Event> feed = journal.read().filter("type", "network").until(between).follow()) {
      assertThat(feed.next().map(Event::id)).contains("n1");
      assertThat(feed.next()).isEqualTo(Optional.empty());
    }
    assertThat(journal.read().since(between).filter("network", "second").list())
        .extracting(Event::id)
        .containsExactly("n2");
  }

  @Test
  void manyWritersAndRotationsLoseNothingOfTheLastMegabytes() throws Exception {
    EventJournal journal = new EventJournal(FIXTURE.dataDirectory(), Clock.systemUTC());
    String padding = "x".repeat(1000);
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try (Feed<Event> feed = journal.read().filter("type", "volume").follow()) {
      List<Future<?>> writers =
          IntStream.range(0, 4)
              .<Future<?>>mapToObj(
                  w ->
                      pool.submit(
                          () -> {
                            for (int i = 0; i < 400; i++) {
                              journal.append(
                                  "volume", "create", w + "-" + i, Map.of("padding", padding));
                            }
                          }))
              .toList();
      List<Integer> next = new java.util.ArrayList<>(List.of(0, 0, 0, 0));
      for (int i = 0; i < 1600; i++) {
        String[] id = feed.next().orElseThrow().id().split("-");
        int writer = Integer.parseInt(id[0]);
        assertThat(Integer.parseInt(id[1])).isEqualTo(next.get(writer));
        next.set(writer, next.get(writer) + 1);
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(FIXTURE.dataDirectory().resolve("events/journal.jsonl.1")).exists();
  }

  @Test
  void imagesAreToldOfToo() {
    Instant before = Instant.now();
    berth.images().tag(TestEngine.IMAGE, "told:1");
    String id = berth.images().get("told:1").id().toString();
    berth.images().remove("told:1", false);

    List<Event> events = berth.events().read().since(before).filter("type", "image").list();

    assertThat(actions(events)).containsExactly("tag", "untag");
    assertThat(events).allMatch(e -> e.id().equals(id));
    assertThat(events.get(0).attributes()).containsEntry("name", "told:1");
  }

  @Test
  void aFilterThatIsNoneIsRefused() {
    assertThatThrownBy(() -> berth.events().read().filter("colour", "red"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("colour");
  }
}
