package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.api.ContainerState.Status;
import io.berth.api.Containers;
import io.berth.api.Exec;
import io.berth.api.ExecRequest;
import io.berth.api.LaunchException;
import io.berth.server.api.Call;
import io.berth.server.api.ErrorAnswers;
import io.berth.server.api.Hijack;
import io.berth.server.api.Multiplexed;
import io.berth.server.api.Router;
import io.berth.server.http.Duplex;
import io.berth.server.http.HttpError;
import io.berth.server.resource.ExecStore.Entry;
import io.berth.server.wire.ExecBody;
import io.berth.server.wire.ExecDetails;
import io.berth.server.wire.ExecDetails.ExecProcess;
import io.berth.server.wire.ExecStartBody;
import io.berth.server.wire.IdResponse;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Processes that are started in containers. */
final class ExecResource {
  private final ContainerLookup lookup;
  private final ExecStore store;

  ExecResource(Containers containers, ExecStore store) {
    this.lookup = new ContainerLookup(containers);
    this.store = store;
  }

  void routes(Router router) {
    router
        .post("/containers/{id}/exec", this::create)
        .post("/exec/{id}/start", this::start)
        .post("/exec/{id}/resize", this::resize)
        .get("/exec/{id}/json", this::inspect);
  }

  private void create(Call call) throws Exception {
    ExecBody body = call.body(ExecBody.class);
    if (Lists.of(body.cmd()).isEmpty()) {
      throw HttpError.badRequest("No exec command specified");
    }
    Container container = lookup.of(call);
    checkRunning(container);
    call.json(201, new IdResponse(store.add(container.id(), body).id()));
  }

  private static void checkRunning(Container container) {
    Status status = container.state().status();
    if (status == Status.PAUSED) {
      throw HttpError.conflict(
          "Container " + container.id() + " is paused, unpause the container before exec");
    }
    if (!status.isActive()) {
      throw HttpError.conflict("container " + container.id() + " is not running");
    }
  }

  private void start(Call call) throws Exception {
    Entry entry = store.get(call.parameter("id"));
    ExecStartBody how = call.optionalBody(ExecStartBody.class);
    Container container = lookup.get(entry.containerId());
    checkRunning(container);
    entry.begin();
    if (how.detach()) {
      launch(entry, request(container, entry.body()), how);
      call.exchange().send(200);
      return;
    }
    attached(call, entry, container, how);
  }

  private static ExecRequest request(Container container, ExecBody body) {
    ExecRequest request = container.exec(body.cmd()).tty(body.tty()).privileged(body.privileged());
    if (!Lists.of(body.user()).isEmpty()) {
      request.user(body.user());
    }
    if (!Lists.of(body.workingDir()).isEmpty()) {
      request.workdir(body.workingDir());
    }
    for (String variable : Lists.of(body.env())) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        request.env(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return request;
  }

  private Exec launch(Entry entry, ExecRequest request, ExecStartBody how) {
    Exec exec;
    try {
      exec = request.start();
    } catch (LaunchException e) {
      entry.failed(e.exitCode() == 125 ? 126 : e.exitCode());
      throw e;
    } catch (RuntimeException e) {
      entry.failed(126);
      throw e;
    }
    entry.running(exec);
    List<Integer> size =
        Lists.of(how.consoleSize()).size() == 2 ? how.consoleSize() : entry.body().consoleSize();
    if (entry.body().tty() && Lists.of(size).size() == 2 && size.get(0) > 0) {
      exec.resize(size.get(0), size.get(1));
    }
    return exec;
  }

  private void attached(Call call, Entry entry, Container container, ExecStartBody how)
      throws Exception {
    ExecBody body = entry.body();
    boolean tty = body.tty();
    Hijack hijack = new Hijack(call);
    Multiplexed framed = new Multiplexed(hijack.out());
    OutputStream stdout = tty ? hijack.out() : framed.stdout();
    OutputStream nothing = OutputStream.nullOutputStream();
    ExecRequest request =
        request(container, body)
            .output(
                body.attachStdout() ? stdout : nothing,
                body.attachStderr() ? (tty ? hijack.out() : framed.stderr()) : nothing);
    if (body.attachStdin()) {
      request.stdin(hijack.in());
    }
    try (Duplex duplex = hijack.take(tty)) {
      Exec exec;
      try {
        exec = launch(entry, request, how);
      } catch (LaunchException e) {
        // As dockerd: where output is expected, the error is some.
        String reason =
            "OCI runtime exec failed: exec failed: " + ErrorAnswers.message(e) + ": unknown\r\n";
        stdout.write(reason.getBytes(StandardCharsets.UTF_8));
        return;
      }
      exec.waitForExit();
    }
  }

  private void resize(Call call) throws Exception {
    Entry entry = store.get(call.parameter("id"));
    int height = ContainerResource.dimension(call, "h");
    int width = ContainerResource.dimension(call, "w");
    if (entry.wasStarted() && !entry.isRunning()) {
      throw HttpError.notFound("no such exec");
    }
    Exec exec =
        entry
            .exec()
            .orElseThrow(() -> HttpError.conflict("exec process is not started: " + entry.id()));
    exec.resize(height, width);
    call.exchange().send(200);
  }

  private void inspect(Call call) throws Exception {
    Entry entry = store.get(call.parameter("id"));
    // Of a container that is gone there is nothing to say.
    lookup.get(entry.containerId());
    ExecBody body = entry.body();
    Optional<Integer> exitCode = entry.exitCode();
    call.json(
        new ExecDetails(
            entry.id(),
            entry.isRunning(),
            exitCode.orElse(null),
            new ExecProcess(
                body.tty(),
                body.cmd().get(0),
                body.cmd().subList(1, body.cmd().size()),
                body.privileged(),
                body.user()),
            body.attachStdin(),
            body.attachStderr(),
            body.attachStdout(),
            false,
            entry.containerId(),
            Lists.of(body.detachKeys()),
            entry.exec().map(e -> e.pid().orElse(0)).orElse(0L)));
  }
}
