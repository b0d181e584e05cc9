package io.berth.remote.image;

import io.berth.api.Progress;
import io.berth.build.BuildException;
import io.berth.error.BerthException;
import io.berth.server.wire.ProgressLine;
import io.berth.server.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an engine tells of a build, as steps. */
final class BuildLines implements Consumer<ProgressLine> {
  private static final Pattern STEP = Pattern.compile("(?s)Step (\\d+)/(\\d+) : (.*)");
  private static final Pattern BUILT = Pattern.compile("Successfully built ([0-9a-f]+)\\s*");
  // As dockerd, and as Berth.
  private static final Pattern CODE =
      Pattern.compile("(?:returned a non-zero code:|exit code) (\\d+)");
  // What Berth says first: the file and the line.
  private static final Pattern PLACE = Pattern.compile("(?s)[^\\s:]+(?::(\\d+))?: (.+)");
  // What the classic builder says between the lines of the steps.
  private static final Pattern NOISE =
      Pattern.compile(
          "(?s)( ---> (Running in )?[0-9a-f]{12}|Removing intermediate container [0-9a-f]+"
              + "|Successfully tagged .*)\\s*|\\s*");
  private static final String CACHED = " ---> Using cache";
  private static final String WARNING = "[Warning] ";

  private final Progress progress;
  private final String file;
  private final TransferLines layers;
  private Optional<String> id = Optional.empty();
  private Optional<BerthException> failure = Optional.empty();
  private String instruction = "";
  private int number;
  private boolean cached;
  private long begun;

  BuildLines(Progress progress, String file) {
    this.progress = progress;
    this.file = file;
    this.layers = new TransferLines(progress);
  }

  @Override
  public void accept(ProgressLine line) {
    if (line.error() != null) {
      failure = Optional.of(failure(line.error()));
    } else if (line.aux() != null) {
      String built = WireJson.tree(line.aux()).path("ID").asText("");
      id = built.isEmpty() ? id : Optional.of(built);
    } else if (line.stream() != null) {
      text(line.stream());
    } else {
      layers.accept(line);
    }
  }

  private void text(String text) {
    Matcher step = STEP.matcher(text);
    Matcher built = BUILT.matcher(text);
    if (step.matches()) {
      finish();
      number = Integer.parseInt(step.group(1));
      instruction = step.group(3).strip();
      begun = System.nanoTime();
      progress.on(new Progress.StepStarted(number, Integer.parseInt(step.group(2)), instruction));
    } else if (text.startsWith(CACHED)) {
      cached = true;
    } else if (built.matches()) {
      id = id.or(() -> Optional.of(built.group(1)));
    } else if (text.startsWith(WARNING)) {
      progress.on(new Progress.Warning(text.substring(WARNING.length()).strip()));
    } else if (!NOISE.matcher(text).matches()) {
      progress.on(new Progress.StepOutput(number, false, text.getBytes(StandardCharsets.UTF_8)));
    }
  }

  private void finish() {
    if (number > 0) {
      progress.on(new Progress.StepFinished(number, cached, System.nanoTime() - begun));
    }
    cached = false;
  }

  private BerthException failure(String message) {
    Matcher code = CODE.matcher(message);
    OptionalInt exit =
        code.find() ? OptionalInt.of(Integer.parseInt(code.group(1))) : OptionalInt.empty();
    Matcher place = PLACE.matcher(message);
    String what = instruction.isEmpty() ? "build" : instruction;
    boolean placed = place.matches() && place.group(2).startsWith(what + ": ");
    int line = placed && place.group(1) != null ? Integer.parseInt(place.group(1)) : 0;
    String problem = placed ? place.group(2).substring(what.length() + 2) : message;
    return new BuildException(file, line, what, problem, exit, null);
  }

  /**
   * Tells of the end.
   *
   * @return the image's id
   * @throws BerthException when the build failed
   */
  String end(long nanos) {
    if (failure.isEmpty() && id.isEmpty()) {
      failure = Optional.of(failure("the engine did not say what it built"));
    }
    if (failure.isEmpty()) {
      finish();
    }
    progress.on(
        new Progress.Finished(
            failure.isPresent() ? Optional.empty() : id,
            failure.map(BerthException::getMessage),
            nanos));
    failure.ifPresent(
        e -> {
          throw e;
        });
    return id.orElseThrow();
  }
}
