package io.berth.remote.container;

import io.berth.api.Exec;
import io.berth.api.LaunchException;
import io.berth.api.ProcessSpec;
import io.berth.error.BerthException;
import io.berth.remote.call.Api;
import io.berth.remote.transport.Duplex;
import io.berth.server.wire.ExecDetails;
import io.berth.server.wire.ExecStartBody;
import io.berth.text.DetachKeys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** A process in a container of a remote engine. */
final class RemoteExec implements Exec {
  private static final long MOST_PAUSE_MILLIS = 50;
  private static final int MOST_FAILURE = 64 << 10;

  private final Api api;
  private final String id;
  private final ProcessSpec process;
  private final Optional<Connected> streams;
  private final OptionalInt ended;

  private RemoteExec(
      Api api, String id, ProcessSpec process, Optional<Connected> streams, OptionalInt ended) {
    this.api = api;
    this.id = id;
    this.process = process;
    this.streams = streams;
    this.ended = ended;
  }

  /**
   * Starts it. An engine takes the connection over before it knows whether there is such a program,
   * and writes what went wrong where output is expected; so nothing is passed on until it runs.
   *
   * @throws LaunchException when it could not be started
   */
  static RemoteExec start(
      RemoteContainer container, String id, ProcessSpec process, Stdio streams, DetachKeys keys) {
    Api api = container.api();
    boolean tty = process.tty();
    Duplex duplex;
    try {
      duplex =
          api.post("/exec/" + id + "/start").body(new ExecStartBody(false, tty, null)).hijack();
    } catch (BerthException e) {
      throw LaunchFailures.of(e);
    }
    int code = -1;
    try {
      ExecDetails details = awaitStart(api, id);
      code = details.running() ? -1 : exitCode(details);
      if (code == 126 || code == 127) {
        passFailure(duplex, tty, streams, code);
      }
    } catch (IOException e) {
      duplex.close();
      throw api.broken(e);
    } catch (RuntimeException e) {
      duplex.close();
      throw e;
    }
    if (code == 126 || code == 127) {
      duplex.close();
      return new RemoteExec(api, id, process, Optional.empty(), OptionalInt.of(code));
    }
    Connected connected =
        new Connected(duplex, tty, streams, true, keys).begin(id.substring(0, 12));
    return new RemoteExec(api, id, process, Optional.of(connected), OptionalInt.empty());
  }

  /** Starts it without a connection. */
  static RemoteExec startDetached(RemoteContainer container, String id, ProcessSpec process) {
    Api api = container.api();
    try {
      api.post("/exec/" + id + "/start").body(new ExecStartBody(true, process.tty(), null)).done();
    } catch (BerthException e) {
      throw LaunchFailures.of(e);
    }
    return new RemoteExec(api, id, process, Optional.empty(), OptionalInt.empty());
  }

  /** All it wrote: by itself, or in its place by an engine that could not start it. */
  private static void passFailure(Duplex duplex, boolean tty, Stdio streams, int code)
      throws IOException {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    Connected.copy(
        duplex.in(),
        tty,
        (error, bytes, count) -> {
          ByteArrayOutputStream to = error ? stderr : stdout;
          to.write(bytes, 0, Math.min(count, MOST_FAILURE - Math.min(MOST_FAILURE, to.size())));
        });
    Optional<LaunchException> failure =
        LaunchFailures.inOutput(code, stdout.toString(StandardCharsets.UTF_8));
    if (failure.isPresent()) {
      throw failure.get();
    }
    pass(stdout, streams.stdout());
    pass(stderr, streams.stderr());
  }

  private static void pass(ByteArrayOutputStream from, Optional<OutputStream> to)
      throws IOException {
    if (to.isPresent()) {
      from.writeTo(to.get());
      to.get().flush();
    }
  }

  private static ExecDetails awaitStart(Api api, String id) {
    return awaitUntil(api, id, true);
  }

  private static ExecDetails awaitUntil(Api api, String id, boolean running) {
    for (long pause = 1; ; pause = Math.min(pause * 2, MOST_PAUSE_MILLIS)) {
      ExecDetails details = details(api, id);
      boolean ended = !details.running() && details.exitCode() != null;
      // dockerd says "running" before there is a process.
      if (ended || running && details.running() && details.pid() > 0) {
        return details;
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BerthException("Interrupted while waiting for process " + id, e);
      }
    }
  }

  private static ExecDetails details(Api api, String id) {
    return api.get("/exec/" + id + "/json").read(ExecDetails.class);
  }

  private static int exitCode(ExecDetails details) {
    return details.exitCode() == null ? 0 : details.exitCode();
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public ProcessSpec process() {
    return process;
  }

  @Override
  public OptionalLong pid() {
    ExecDetails details = details(api, id);
    return details.running() && details.pid() > 0
        ? OptionalLong.of(details.pid())
        : OptionalLong.empty();
  }

  @Override
  public Optional<Integer> exitCode() {
    if (ended.isPresent()) {
      return Optional.of(ended.getAsInt());
    }
    ExecDetails details = details(api, id);
    return details.running() ? Optional.empty() : Optional.ofNullable(details.exitCode());
  }

  @Override
  public int waitForExit() {
    if (ended.isPresent()) {
      return ended.getAsInt();
    }
    streams.ifPresent(Connected::await);
    streams
        .flatMap(Connected::broken)
        .ifPresent(
            e -> {
              throw api.broken(e);
            });
    return exitCode(awaitUntil(api, id, false));
  }

  @Override
  public Optional<Integer> waitForExitOrDetach() {
    streams.ifPresent(Connected::await);
    boolean detached = streams.map(Connected::isDetached).orElse(false);
    return detached ? Optional.empty() : Optional.of(waitForExit());
  }

  @Override
  public void resize(int rows, int columns) {
    api.post("/exec/" + id + "/resize").query("h", rows).query("w", columns).done();
  }

  @Override
  public void kill(String signal) {
    throw api.cannot(
        "send a signal to a process that was started in a container",
        "have it killed from inside, with exec(\"pkill\", ...) or exec(\"kill\", ...)");
  }

  /** Hangs up; the process reads the end of its input, and goes on. */
  @Override
  public void close() {
    streams.ifPresent(Connected::close);
  }
}
