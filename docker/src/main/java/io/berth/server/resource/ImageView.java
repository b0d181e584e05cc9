package io.berth.server.resource;

import io.berth.api.Image;
import io.berth.api.Storage;
import io.berth.oci.History;
import io.berth.oci.ImageConfig;
import io.berth.oci.Reference;
import io.berth.oci.RunConfig;
import io.berth.server.api.ApiVersion;
import io.berth.server.api.Times;
import io.berth.server.wire.ContainerConfig;
import io.berth.server.wire.GraphDriver;
import io.berth.server.wire.HealthConfig;
import io.berth.server.wire.HistoryEntry;
import io.berth.server.wire.ImageDetails;
import io.berth.server.wire.ImageDetails.Metadata;
import io.berth.server.wire.ImageDetails.RootFs;
import io.berth.server.wire.ImageProcess;
import io.berth.server.wire.ImageSummary;
import io.berth.server.wire.ProcessConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Images as dockerd shows them. */
final class ImageView {
  private static final String MISSING = "<missing>";

  private ImageView() {}

  /**
   * @param shared the space that other images have too; -1 where nobody asked
   */
  static ImageSummary summary(Image image, long containers, long shared, ApiVersion version) {
    List<String> tags = names(image.tags());
    List<String> digests = names(image.repoDigests());
    if (version.below(43) && tags.isEmpty()) {
      tags = List.of("<none>:<none>");
    }
    if (version.below(43) && digests.isEmpty()) {
      digests = List.of("<none>@<none>");
    }
    return new ImageSummary(
        image.id().toString(),
        "",
        tags,
        digests,
        image.created().getEpochSecond(),
        image.size(),
        shared,
        version.below(44) ? image.size() : null,
        labels(image.config().config().labels()),
        version.below(51) ? -1 : containers);
  }

  private static List<String> names(List<Reference> references) {
    return references.stream().map(Reference::familiar).toList();
  }

  private static Map<String, String> labels(Map<String, String> labels) {
    return labels.isEmpty() ? null : new TreeMap<>(labels);
  }

  static ImageDetails details(Image image, Storage storage, ApiVersion version) {
    ImageConfig config = image.config();
    boolean lean = version.atLeast(52);
    Optional<String> comment =
        config.history().isEmpty()
            ? Optional.empty()
            : config.history().get(config.history().size() - 1).comment();
    return new ImageDetails(
        image.id().toString(),
        names(image.tags()),
        names(image.repoDigests()),
        lean ? null : "",
        comment.or(() -> lean ? Optional.empty() : Optional.of("")).orElse(null),
        config.created().isPresent() || version.atLeast(44)
            ? config.created().map(Object::toString).orElse(null)
            : Times.NONE,
        version.below(45) ? "" : null,
        version.below(45) ? config(new RunConfigView(RunConfig.empty()), version) : null,
        lean ? null : "",
        config.author().or(() -> lean ? Optional.empty() : Optional.of("")).orElse(null),
        config(new RunConfigView(config.config()), version),
        config.platform().architecture(),
        config.platform().variant().orElse(null),
        config.platform().os(),
        null,
        image.size(),
        version.below(44) ? image.size() : null,
        GraphDriver.of(storage.files(image), OptionalLong.empty()),
        new RootFs("layers", config.diffIds().stream().map(Object::toString).toList()),
        new Metadata(Times.NONE));
  }

  /** The parts of a configuration, null where they are empty. */
  private record RunConfigView(RunConfig config) {
    Map<String, Object> volumes() {
      return config.volumes().isEmpty() ? null : SpecView.set(List.copyOf(config.volumes()));
    }

    Map<String, Object> ports() {
      return SpecView.set(List.copyOf(config.exposedPorts()));
    }

    HealthConfig health() {
      return config.healthcheck().map(SpecView::health).orElse(null);
    }
  }

  private static Object config(RunConfigView view, ApiVersion version) {
    RunConfig c = view.config();
    if (version.atLeast(52)) {
      return new ImageProcess(
          c.user().orElse(""),
          view.ports(),
          c.env(),
          c.cmd(),
          view.health(),
          view.volumes(),
          c.workingDir().orElse(""),
          c.entrypoint(),
          c.onBuild(),
          c.labels(),
          c.stopSignal().orElse(""),
          c.shell());
    }
    ProcessConfig process =
        new ProcessConfig(
            c.user().orElse(""),
            view.ports(),
            Lists.orNull(c.env()),
            Lists.orNull(c.cmd()),
            view.health(),
            view.volumes(),
            c.workingDir().orElse(""),
            Lists.orNull(c.entrypoint()),
            Lists.orNull(c.onBuild()),
            labels(c.labels()),
            c.stopSignal().orElse(null),
            c.shell());
    return version.atLeast(50)
        ? process
        : new ContainerConfig(
            "", "", false, false, false, false, false, false, "", null, null, null, process);
  }

  /** The steps, the newest first; each that made a layer has that one's size. */
  static List<HistoryEntry> history(Image image) {
    List<HistoryEntry> entries = new ArrayList<>();
    List<History> steps = image.config().history();
    Iterator<Long> sizes = image.layerSizes().iterator();
    for (int i = 0; i < steps.size(); i++) {
      History step = steps.get(i);
      boolean newest = i == steps.size() - 1;
      entries.add(
          new HistoryEntry(
              step.comment().orElse(""),
              step.created().orElse(image.created()).getEpochSecond(),
              step.createdBy().orElse(""),
              newest ? image.id().toString() : MISSING,
              !step.emptyLayer() && sizes.hasNext() ? sizes.next() : 0,
              newest ? Lists.orNull(names(image.tags())) : null));
    }
    Collections.reverse(entries);
    return entries;
  }
}
