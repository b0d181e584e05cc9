package io.berth.build;

import io.berth.api.Progress;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Shows the progress of a build to people, and of images on their way in Docker's words, as lines
 * that also read well in a log:
 *
 * <pre>
 * [1/3] FROM debian:12
 * [1/3] CACHED
 * [2/3] RUN make
 * [2/3] | cc -c main.c
 * [2/3] done in 1.4s
 * ...
 * Built 8a1b2c3d4e5f in 1.6s
 * </pre>
 *
 * <p>On a terminal the output of a step is shown while it runs, and taken away when it went well.
 *
 * <pre>{@code
 * berth.images().build(context).progress(ConsoleProgress.onTerminal(System.err)).execute();
 * }</pre>
 */
public final class ConsoleProgress implements Progress {
  private static final int SHOWN_LINES = 6;
  private static final int KEPT_LINES = 200;
  private static final int WIDTH = 79;

  private final PrintStream out;
  private final boolean live;
  private final Map<Integer, String> labels = new HashMap<>();
  private final Map<Integer, LineSplitter[]> outputs = new HashMap<>();
  // What steps that run have written last, in the order in which they began.
  private final Map<Integer, Deque<String>> recent = new LinkedHashMap<>();
  private final LayerLines layers = new LayerLines();
  private int drawn;

  private ConsoleProgress(PrintStream out, boolean live) {
    this.out = out;
    this.live = live;
  }

  /** Every line as it comes, for logs and pipes. */
  public static ConsoleProgress plain(PrintStream out) {
    return new ConsoleProgress(out, false);
  }

  /** The compact display of terminals; needs one that knows ANSI escape sequences. */
  public static ConsoleProgress live(PrintStream out) {
    return new ConsoleProgress(out, true);
  }

  /** The live display when this JVM has a terminal that is able to show it, else the plain one. */
  public static ConsoleProgress onTerminal(PrintStream out) {
    String terminal = System.getenv("TERM");
    boolean able = System.console() != null && terminal != null && !terminal.equals("dumb");
    return new ConsoleProgress(out, able);
  }

  @Override
  public synchronized void on(Event event) {
    // Not a switch over the sealed type: that needs Java 21.
    if (event instanceof StepStarted started) {
      stepStarted(started);
    } else if (event instanceof StepOutput output) {
      LineSplitter[] splitters =
          outputs.computeIfAbsent(output.number(), number -> splitters(number));
      splitters[output.stderr() ? 1 : 0].write(output.bytes());
    } else if (event instanceof StepFinished finished) {
      stepFinished(finished);
    } else if (event instanceof Warning warning) {
      erase();
      out.println("WARNING: " + visible(warning.text()));
      draw();
    } else if (event instanceof Layer layer) {
      layer(layer);
    } else if (event instanceof Message message) {
      erase();
      out.println(visible(message.text()));
      draw();
    } else if (event instanceof Finished finished) {
      finished(finished);
    }
    out.flush();
  }

  private void layer(Layer layer) {
    if (!live) {
      LayerLines.logged(layer).ifPresent(out::println);
      return;
    }
    erase();
    layers.put(layer);
    draw();
    if (layers.areDone()) {
      // They stay as they are.
      layers.clear();
      drawn = 0;
    }
  }

  private void stepStarted(StepStarted step) {
    String label = "[" + step.number() + "/" + step.total() + "]";
    labels.put(step.number(), label);
    erase();
    out.println(label + " " + visible(step.instruction().strip()));
    draw();
  }

  private void stepFinished(StepFinished step) {
    endLines(step.number());
    erase();
    recent.remove(step.number());
    String label = labels.getOrDefault(step.number(), "[" + step.number() + "]");
    out.println(label + (step.cached() ? " CACHED" : " done in " + duration(step.nanos())));
    draw();
  }

  private void finished(Finished build) {
    outputs.keySet().stream().sorted().toList().forEach(this::endLines);
    erase();
    layers.clear(); // those of a pull that failed
    if (build.error().isPresent()) {
      // What the failed step wrote is what the user needs now.
      if (live) {
        recent.values().forEach(lines -> lines.forEach(out::println));
      }
      out.println("FAILED after " + duration(build.nanos()) + ": " + build.error().get());
    } else {
      String id = build.imageId().orElse("");
      String digits = id.substring(id.indexOf(':') + 1);
      String shown = digits.substring(0, Math.min(12, digits.length()));
      out.println("Built " + shown + " in " + duration(build.nanos()));
    }
    recent.clear();
  }

  private LineSplitter[] splitters(int number) {
    return new LineSplitter[] {
      new LineSplitter(line -> line(number, line)), new LineSplitter(line -> line(number, line))
    };
  }

  private void endLines(int number) {
    LineSplitter[] splitters = outputs.remove(number);
    if (splitters != null) {
      splitters[0].end();
      splitters[1].end();
    }
  }

  private void line(int number, String text) {
    String line = labels.getOrDefault(number, "[" + number + "]") + " | " + text;
    if (!live) {
      out.println(line);
      return;
    }
    erase();
    Deque<String> lines = recent.computeIfAbsent(number, n -> new ArrayDeque<>());
    lines.addLast(visible(line));
    if (lines.size() > KEPT_LINES) {
      lines.removeFirst();
    }
    draw();
  }

  private void draw() {
    if (!live) {
      return;
    }
    int each = Math.max(1, SHOWN_LINES / Math.max(1, recent.size()));
    for (Deque<String> lines : recent.values()) {
      lines.stream()
          .skip(Math.max(0, lines.size() - each))
          .forEach(
              line -> {
                out.println("\u001b[2m" + cut(line) + "\u001b[0m");
                drawn++;
              });
    }
    for (String line : layers.lines()) {
      out.println(line);
      drawn++;
    }
  }

  private void erase() {
    for (; drawn > 0; drawn--) {
      out.print("\u001b[1A\u001b[2K");
    }
  }

  private static String cut(String line) {
    return line.codePointCount(0, line.length()) <= WIDTH
        ? line
        : line.substring(0, line.offsetByCodePoints(0, WIDTH - 1)) + "…";
  }

  /** Without control characters, which would move the cursor of the live display. */
  private static String visible(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> shown.appendCodePoint(c == '\n' || c == '\t' || c >= ' ' && c != 127 ? c : '?'));
    return shown.toString().replace('\t', ' ');
  }

  private static String duration(long nanos) {
    double seconds = nanos / 1e9;
    if (seconds < 0.1) {
      return String.format(Locale.ROOT, "%.1fms", nanos / 1e6);
    }
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1fs", seconds);
    }
    long whole = (long) seconds;
    return whole / 60 + "m" + String.format(Locale.ROOT, "%02d", whole % 60) + "s";
  }
}
