package io.berth.server.resource;

import io.berth.api.AttachRequest;
import io.berth.api.AttachRequest.Attachment;
import io.berth.api.Container;
import io.berth.api.ContainerState.Status;
import io.berth.api.Containers;
import io.berth.api.Feed;
import io.berth.api.LogRequest;
import io.berth.api.Logs;
import io.berth.server.api.Call;
import io.berth.server.api.Hijack;
import io.berth.server.api.Multiplexed;
import io.berth.server.api.Router;
import io.berth.server.api.Times;
import io.berth.server.http.ClientGone;
import io.berth.server.http.Duplex;
import io.berth.server.http.HttpError;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What containers read and write: attaching to them, and their logs. */
final class ContainerStreams {
  private final ContainerLookup lookup;
  private final Clock clock;

  ContainerStreams(Containers containers, Clock clock) {
    this.lookup = new ContainerLookup(containers);
    this.clock = clock;
  }

  void routes(Router router) {
    router
        .post("/containers/{id}/attach", this::attach)
        .get("/containers/{id}/attach/ws", this::webSocket)
        .get("/containers/{id}/logs", this::logs);
  }

  // ---- Attach -----------------------------------------------------------------------------------

  /** What a client wants of a container's streams. */
  private record Wanted(boolean stdin, boolean stdout, boolean stderr, boolean logs, boolean live) {
    static Wanted of(Call call) {
      return new Wanted(
          call.query().flag("stdin"),
          call.query().flag("stdout"),
          call.query().flag("stderr"),
          call.query().flag("logs"),
          call.query().flag("stream"));
    }

    /** Until API 1.41 a WebSocket had all streams, whatever it asked for. */
    static Wanted ofWebSocket(Call call) {
      Wanted asked = of(call);
      return call.version().atLeast(42)
          ? asked
          : new Wanted(true, true, true, asked.logs, asked.live);
    }
  }

  private void attach(Call call) throws Exception {
    Container container = attachable(call);
    boolean tty = container.spec().process().tty();
    Hijack hijack = new Hijack(call);
    Multiplexed framed = new Multiplexed(hijack.out());
    connect(
        call,
        container,
        Wanted.of(call),
        hijack,
        tty ? hijack.out() : framed.stdout(),
        tty ? hijack.out() : framed.stderr(),
        () -> hijack.take(tty));
  }

  private void webSocket(Call call) throws Exception {
    Container container = attachable(call);
    if (!call.exchange().wantsWebSocket()) {
      throw HttpError.badRequest("not websocket protocol");
    }
    Hijack hijack = new Hijack(call);
    connect(
        call,
        container,
        Wanted.ofWebSocket(call),
        hijack,
        hijack.out(),
        hijack.out(),
        hijack::takeWebSocket);
  }

  private Container attachable(Call call) {
    Container container = lookup.of(call);
    Status status = container.state().status();
    if (status == Status.PAUSED) {
      throw HttpError.conflict(
          "container " + container.id() + " is paused, unpause the container before attach");
    }
    if (status == Status.RESTARTING) {
      throw HttpError.conflict(
          "container "
              + container.id()
              + " is restarting, wait until the container is running before attach");
    }
    return container;
  }

  /** Takes over the connection, in one of its ways. */
  private interface Taking {
    Duplex take() throws ClientGone;
  }

  private void connect(
      Call call,
      Container container,
      Wanted wanted,
      Hijack hijack,
      OutputStream stdout,
      OutputStream stderr,
      Taking taking)
      throws Exception {
    OutputStream nothing = OutputStream.nullOutputStream();
    AttachRequest request =
        container
            .attach()
            .output(wanted.stdout() ? stdout : nothing, wanted.stderr() ? stderr : nothing)
            .replay(wanted.logs() && wanted.live());
    CompletableFuture<Attachment> attached = new CompletableFuture<>();
    if (wanted.stdin() && container.spec().process().stdin()) {
      stdin(call, container, hijack, request, attached);
    }
    // Connected before the client hears of it, so that it misses nothing of what it starts then.
    Optional<Attachment> attachment =
        wanted.live() ? Optional.of(request.start()) : Optional.empty();
    attachment.ifPresent(attached::complete);
    try (Duplex duplex = taking.take()) {
      if (attachment.isPresent()) {
        call.exchange().onGone(attachment.get()::close);
        attachment.get().await();
      } else if (wanted.logs()) {
        replay(container, wanted, stdout, stderr);
      }
    } finally {
      hijack.abandon();
      attachment.ifPresent(Attachment::close);
    }
  }

  /**
   * As dockerd: the end of the input is the container's too where that was asked and it has no
   * terminal; else it is the end of this connection alone.
   */
  private static void stdin(
      Call call,
      Container container,
      Hijack hijack,
      AttachRequest request,
      CompletableFuture<Attachment> attached) {
    boolean tty = container.spec().process().tty();
    boolean close = !tty && new SpecView(container).stdinOnce();
    Runnable atEnd = close ? () -> {} : () -> attached.thenAccept(Attachment::close);
    request.stdin(hijack.in(atEnd)).closeStdin(close);
    // Docker's own keys, where the client names none; they mean something on a terminal only.
    if (tty) {
      request.detachKeys(call.query().optional("detachKeys").orElse("ctrl-p,ctrl-q"));
    }
  }

  private static void replay(
      Container container, Wanted wanted, OutputStream stdout, OutputStream stderr)
      throws IOException {
    try (Feed<Logs.Entry> feed =
        container.readLogs().stdout(wanted.stdout()).stderr(wanted.stderr()).stream()) {
      for (Optional<Logs.Entry> one = feed.next(); one.isPresent(); one = feed.next()) {
        (one.get().stderr() ? stderr : stdout).write(one.get().bytes());
      }
    }
  }

  // ---- Logs -------------------------------------------------------------------------------------

  private void logs(Call call) throws Exception {
    Container container = lookup.of(call);
    boolean stdout = call.query().flag("stdout");
    boolean stderr = call.query().flag("stderr");
    if (!stdout && !stderr) {
      throw HttpError.badRequest("Bad parameters: you must choose at least one stream");
    }
    if (!container.spec().log().keep()) {
      throw HttpError.notImplemented("configured logging driver does not support reading");
    }
    LogRequest request = container.readLogs().stdout(stdout).stderr(stderr);
    Instant now = clock.instant();
    Times.parameter(call, "since", now).ifPresent(request::since);
    Times.parameter(call, "until", now).ifPresent(request::until);
    // As dockerd: what is no number is no limit.
    call.query()
        .optional("tail")
        .filter(t -> t.matches("\\d{1,9}"))
        .map(Integer::parseInt)
        .ifPresent(request::tail);
    boolean tty = container.spec().process().tty();
    boolean stamped = call.query().flag("timestamps");
    boolean detailed = call.query().flag("details");
    try (Feed<Logs.Entry> feed =
        call.query().flag("follow") ? request.follow() : request.stream()) {
      call.exchange().onGone(feed::close);
      OutputStream out = call.exchange().stream(200, Hijack.type(call.version(), tty));
      Multiplexed framed = new Multiplexed(out);
      OutputStream to = tty ? out : framed.stdout();
      OutputStream toError = tty ? out : framed.stderr();
      for (Optional<Logs.Entry> one = feed.next(); one.isPresent(); one = feed.next()) {
        (one.get().stderr() ? toError : to).write(line(one.get(), stamped, detailed));
      }
    }
  }

  private static byte[] line(Logs.Entry entry, boolean stamped, boolean detailed) {
    String head =
        (stamped ? Times.fixed(entry.time()) + " " : "") + (detailed ? entry.details() + " " : "");
    byte[] stamp = head.getBytes(StandardCharsets.US_ASCII);
    byte[] text = entry.bytes();
    byte[] line = java.util.Arrays.copyOf(stamp, stamp.length + text.length);
    System.arraycopy(text, 0, line, stamp.length, text.length);
    return line;
  }
}
