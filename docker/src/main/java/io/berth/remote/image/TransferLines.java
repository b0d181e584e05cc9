package io.berth.remote.image;

import io.berth.api.Progress;
import io.berth.api.Progress.LayerStatus;
import io.berth.error.BerthException;
import io.berth.error.NotFoundException;
import io.berth.registry.RegistryException;
import io.berth.remote.call.Failures;
import io.berth.server.wire.ProgressLine;
import java.util.Optional;
import java.util.function.Consumer;

/** What an engine tells of a pull, a push, a load or an import, line by line. */
final class TransferLines implements Consumer<ProgressLine> {
  private final Progress progress;
  private Optional<String> failure = Optional.empty();
  private String last = "";

  TransferLines(Progress progress) {
    this.progress = progress;
  }

  @Override
  public void accept(ProgressLine line) {
    if (line.error() != null) {
      failure = Optional.of(line.error());
    } else if (line.status() != null) {
      status(line);
    } else if (line.stream() != null && !line.stream().isBlank()) {
      last = line.stream().strip();
      progress.on(new Progress.Message(last));
    }
  }

  private void status(ProgressLine line) {
    Optional<LayerStatus> status = layerStatus(line.status());
    if (line.id() != null && status.isPresent()) {
      long current = line.progressDetail() == null ? 0 : line.progressDetail().current();
      long total = line.progressDetail() == null ? 0 : line.progressDetail().total();
      progress.on(new Progress.Layer(line.id(), status.get(), current, total));
    } else if (line.id() == null) {
      last = line.status();
      progress.on(new Progress.Message(line.status()));
    }
  }

  private static Optional<LayerStatus> layerStatus(String text) {
    for (LayerStatus status : LayerStatus.values()) {
      if (status.text().equals(text)) {
        return Optional.of(status);
      }
    }
    return text.startsWith("Mounted from") ? Optional.of(LayerStatus.MOUNTED) : Optional.empty();
  }

  /** The last line that was about no layer. */
  String last() {
    return last;
  }

  /** Throws what a transfer from or to a registry throws, if it failed. */
  void checkRegistry() {
    failure.ifPresent(
        message -> {
          throw registry(message);
        });
  }

  /** Throws what the engine has said, if it failed. */
  void check() {
    failure.ifPresent(
        message -> {
          throw Failures.of(message.contains("No such image") ? 404 : 400, message);
        });
  }

  /** In the middle of an answer there is no status: the words have to tell. */
  static BerthException registry(String message) {
    String lower = message.toLowerCase(java.util.Locale.ROOT);
    if (lower.contains("unauthorized") || lower.contains("authentication required")) {
      return new RegistryException(message, 401);
    }
    if (lower.contains("manifest unknown")
        || lower.contains("not found")
        || lower.contains("does not exist")
        || lower.contains("no such image")) {
      return new NotFoundException(message);
    }
    return new RegistryException(message, lower.contains("denied") ? 403 : 0);
  }
}
