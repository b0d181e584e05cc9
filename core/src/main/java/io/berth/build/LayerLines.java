package io.berth.build;

import io.berth.api.Progress;
import io.berth.api.Progress.LayerStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The lines that Docker's clients show of layers on their way, one for each layer. */
final class LayerLines {
  private static final int BAR = 50;

  private final Map<String, Progress.Layer> layers = new LinkedHashMap<>();

  void put(Progress.Layer layer) {
    layers.put(layer.layer(), layer);
  }

  /** Whether nothing more will happen to any of them. */
  boolean areDone() {
    return layers.values().stream().allMatch(layer -> layer.status().isLast());
  }

  List<String> lines() {
    return layers.values().stream().map(LayerLines::line).toList();
  }

  void clear() {
    layers.clear();
  }

  /** What a log says of it; nothing of what goes on for long. */
  static Optional<String> logged(Progress.Layer layer) {
    return isMoving(layer.status())
        ? Optional.empty()
        : Optional.of(layer.layer() + ": " + layer.status().text());
  }

  private static boolean isMoving(LayerStatus status) {
    return switch (status) {
      case DOWNLOADING, EXTRACTING, LOADING, PUSHING -> true;
      default -> false;
    };
  }

  private static String line(Progress.Layer layer) {
    String line = layer.layer() + ": " + layer.status().text();
    if (!isMoving(layer.status()) || layer.total() <= 0) {
      return line;
    }
    long done = Math.min(layer.current(), layer.total());
    int filled = (int) (BAR * done / layer.total());
    String bar =
        filled == BAR ? "=".repeat(BAR) : "=".repeat(filled) + ">" + " ".repeat(BAR - 1 - filled);
    return line + " [" + bar + "] " + size(done) + "/" + size(layer.total());
  }

  /** In powers of 1000 with four digits, as Docker has it: {@code 12.35MB}. */
  static String size(long bytes) {
    String[] units = {"B", "kB", "MB", "GB", "TB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    int decimals = unit == 0 ? 0 : value < 10 ? 3 : value < 100 ? 2 : 1;
    String number = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return (decimals > 0 ? number.replaceAll("\\.?0+$", "") : number) + units[unit];
  }
}
