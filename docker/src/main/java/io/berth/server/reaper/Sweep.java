package io.berth.server.reaper;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.Network;
import io.berth.api.Volume;
import io.berth.error.BerthException;
import io.berth.error.NotFoundException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Removes what sessions leave behind: containers, then networks, volumes and images. */
public final class Sweep {
  private static final int AT_ONCE = 4;

  private final Engine engine;

  public Sweep(Engine engine) {
    this.engine = engine;
  }

  /**
   * Removes all that matches one of the filters, running or not.
   *
   * @return what could not be removed, and why; empty when all is gone
   */
  public List<String> remove(Collection<LabelFilter> filters) {
    List<String> failures = new ArrayList<>();
    if (filters.isEmpty()) {
      return failures;
    }
    removeContainers(filters, failures);
    for (Network network : engine.networks().list()) {
      if (matches(filters, network.spec().labels())) {
        attempt("network " + network.name(), network::remove, failures);
      }
    }
    for (Volume volume : engine.volumes().list()) {
      if (matches(filters, volume.labels())) {
        attempt(
            "volume " + volume.name(),
            () -> engine.volumes().remove(volume.name(), true),
            failures);
      }
    }
    for (Image image : engine.images().list()) {
      if (matches(filters, image.config().config().labels())) {
        attempt(
            "image " + image.shortId(),
            () -> engine.images().remove(image.id().toString(), true),
            failures);
      }
    }
    return failures;
  }

  /** Several at once, for each takes a while to die. */
  private void removeContainers(Collection<LabelFilter> filters, List<String> failures) {
    List<Container> found =
        engine.containers().list().stream().filter(c -> matches(filters, c.labels())).toList();
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    for (Container container : found) {
      threads.execute(
          () ->
              attempt(
                  "container " + container.name(), () -> container.remove(true, true), failures));
    }
    threads.shutdown();
    try {
      threads.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean matches(Collection<LabelFilter> filters, Map<String, String> labels) {
    return filters.stream().anyMatch(f -> f.matches(labels));
  }

  private static void attempt(String what, Runnable removal, List<String> failures) {
    try {
      removal.run();
    } catch (NotFoundException e) {
      // Somebody was faster.
    } catch (BerthException e) {
      synchronized (failures) {
        failures.add(what + ": " + e.getMessage());
      }
    }
  }
}
