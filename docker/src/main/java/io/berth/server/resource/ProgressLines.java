package io.berth.server.resource;

import io.berth.api.Progress;
import io.berth.server.api.JsonLines;
import io.berth.server.wire.ProgressLine;
import io.berth.server.wire.ProgressLine.Detail;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells a client of a build, a pull, a push or a load, in dockerd's words. */
final class ProgressLines implements Progress {
  private static final Detail NONE = new Detail(0, 0);
  private static final int BAR = 50;
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};

  private final JsonLines lines;
  private static final Pattern PULLING = Pattern.compile("(\\S+): (Pulling from .*)");

  private final boolean quiet;
  private Optional<ProgressLine> held = Optional.empty();

  /**
   * @param quiet whether a build tells nothing but its result
   */
  ProgressLines(JsonLines lines, boolean quiet) {
    this.lines = lines;
    this.quiet = quiet;
  }

  @Override
  public void on(Event event) {
    if (event instanceof Message message && PULLING.matcher(message.text()).matches()) {
      // Nothing goes out before the registry has answered: until then an error has a status.
      held = Optional.of(pulling(message.text()));
      return;
    }
    held.ifPresent(lines::put);
    held = Optional.empty();
    if (event instanceof Layer layer) {
      layer(layer);
    } else if (event instanceof Message message) {
      lines.put(ProgressLine.status(message.text()));
    } else if (!quiet) {
      build(event);
    }
  }

  private static ProgressLine pulling(String text) {
    Matcher m = PULLING.matcher(text);
    m.matches();
    return ProgressLine.part(m.group(1), m.group(2), null, null);
  }

  private void build(Event event) {
    if (event instanceof StepStarted step) {
      text("Step " + step.number() + "/" + step.total() + " : " + step.instruction() + "\n");
    } else if (event instanceof StepOutput output) {
      text(new String(output.bytes(), StandardCharsets.UTF_8));
    } else if (event instanceof StepFinished step && step.cached()) {
      text(" ---> Using cache\n");
    } else if (event instanceof Warning warning) {
      text("[Warning] " + warning.text() + "\n");
    }
  }

  private void text(String text) {
    lines.put(ProgressLine.text(text));
  }

  private void layer(Layer layer) {
    boolean sized = layer.current() > 0;
    lines.put(
        ProgressLine.part(
            layer.layer(),
            layer.status().text(),
            sized ? new Detail(layer.current(), layer.total()) : NONE,
            sized ? bar(layer.current(), layer.total()) : null));
  }

  /** Such as {@code [=====> ] 1.5MB/12MB}, for clients that print it as it is. */
  static String bar(long current, long total) {
    String size = size(current);
    if (total <= 0) {
      return size;
    }
    int done = (int) Math.min(BAR, current * BAR / total);
    String bar =
        done >= BAR ? "=".repeat(BAR) + ">" : "=".repeat(done) + ">" + " ".repeat(BAR - done);
    return "[" + bar + "]  " + size + "/" + size(total);
  }

  private static String size(long bytes) {
    BigDecimal value = BigDecimal.valueOf(bytes);
    int unit = 0;
    while (value.compareTo(BigDecimal.valueOf(1000)) >= 0 && unit < UNITS.length - 1) {
      value = value.movePointLeft(3);
      unit++;
    }
    MathContext digits = new MathContext(4, RoundingMode.HALF_EVEN);
    return value.round(digits).stripTrailingZeros().toPlainString() + UNITS[unit];
  }
}
