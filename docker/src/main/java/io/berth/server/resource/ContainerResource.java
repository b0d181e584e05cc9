package io.berth.server.resource;

import io.berth.api.Container;
import io.berth.api.ContainerState;
import io.berth.api.ContainerState.Status;
import io.berth.api.Containers;
import io.berth.api.CreateRequest;
import io.berth.api.Images;
import io.berth.api.LaunchException;
import io.berth.api.UpdateRequest;
import io.berth.error.BerthException;
import io.berth.error.ConflictException;
import io.berth.error.NotFoundException;
import io.berth.server.api.Call;
import io.berth.server.api.Router;
import io.berth.server.http.HttpError;
import io.berth.server.reaper.Reapers;
import io.berth.server.wire.CreateBody;
import io.berth.server.wire.CreateResponse;
import io.berth.server.wire.HostConfig;
import io.berth.server.wire.UpdateBody;
import io.berth.server.wire.WarningsResponse;
import io.berth.server.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Making, changing and removing containers, and their lives. */
final class ContainerResource {
  private final Containers containers;
  private final Images images;
  private final Starts starts;
  private final ContainerLookup lookup;
  private final Reapers reapers;

  ContainerResource(Containers containers, Images images, Starts starts, Reapers reapers) {
    this.reapers = reapers;
    this.containers = containers;
    this.images = images;
    this.starts = starts;
    this.lookup = new ContainerLookup(containers);
  }

  void routes(Router router) {
    router
        .post("/containers/create", this::create)
        .post("/containers/{id}/start", this::start)
        .post("/containers/{id}/stop", this::stop)
        .post("/containers/{id}/restart", this::restart)
        .post("/containers/{id}/kill", this::kill)
        .post("/containers/{id}/pause", this::pause)
        .post("/containers/{id}/unpause", this::unpause)
        .post("/containers/{id}/rename", this::rename)
        .post("/containers/{id}/update", this::update)
        .post("/containers/{id}/resize", this::resize)
        .delete("/containers/{id}", this::remove);
  }

  private void create(Call call) throws Exception {
    CreateBody body = call.body(CreateBody.class);
    String image = Lists.of(body.config().image());
    if (image.isEmpty() && body.hostConfig() == null) {
      throw HttpError.badRequest("config cannot be empty in order to create a container");
    }
    if (image.isEmpty()) {
      throw HttpError.badRequest("no command specified: no image was given");
    }
    if (Reapers.isReaper(image)) {
      String name = call.query().optional("name").map(ContainerResource::bare).orElse("");
      reapers.create(call, name, body.config());
      return;
    }
    if (images.find(image).isEmpty()) {
      throw HttpError.notFound("No such image: " + ImageNames.full(image));
    }
    CreateRequest request = containers.create(image);
    call.query().optional("name").map(ContainerResource::bare).ifPresent(request::name);
    Container container = new Draft(request, complete(body)).fill().create();
    call.json(201, new CreateResponse(container.id(), container.warnings()));
  }

  private static CreateBody complete(CreateBody body) {
    HostConfig host =
        body.hostConfig() == null
            ? WireJson.read("{}".getBytes(StandardCharsets.US_ASCII), HostConfig.class)
            : body.hostConfig();
    return new CreateBody(body.config(), host, body.networkingConfig());
  }

  private static String bare(String name) {
    return name.startsWith("/") ? name.substring(1) : name;
  }

  private void start(Call call) throws Exception {
    Container container = lookup.of(call);
    Status status = container.state().status();
    if (status == Status.PAUSED) {
      throw HttpError.conflict("cannot start a paused container, try unpause instead");
    }
    if (status == Status.RUNNING) {
      call.exchange().send(304);
      return;
    }
    try {
      begin(container);
    } catch (ConflictException e) {
      if (container.state().status() == Status.RUNNING) {
        call.exchange().send(304);
        return;
      }
      throw e;
    }
    call.noContent();
  }

  private void stop(Call call) throws Exception {
    Container container = lookup.of(call);
    if (!container.state().status().isActive()) {
      call.exchange().send(304);
      return;
    }
    end(call, container);
    call.noContent();
  }

  private void restart(Call call) throws Exception {
    Container container = lookup.of(call);
    if (container.state().status().isActive()) {
      end(call, container);
    }
    begin(container);
    call.noContent();
  }

  private void begin(Container container) {
    try {
      container.start();
    } catch (LaunchException e) {
      if (container.spec().autoRemove()) {
        container.remove(true);
      }
      throw e;
    } catch (NotFoundException e) {
      if (containers.find(container.id()).isPresent()) {
        // The user, or something else that the container names; 404 is for the container itself.
        throw new HttpError(400, e.getMessage(), e);
      }
      throw e;
    } finally {
      starts.happened(container.id());
    }
  }

  /** Stops it as the client asks: with another signal, after another time. */
  private static void end(Call call, Container container) {
    Duration timeout =
        call.query()
            .number("t")
            .map(t -> t < 0 ? Duration.ofDays(10_000) : Duration.ofSeconds(t))
            .orElse(container.spec().stopTimeout());
    Optional<String> signal =
        call.query().optional("signal").filter(s -> call.version().atLeast(42));
    if (signal.isEmpty()) {
      container.stop(timeout);
      return;
    }
    container.kill(signal.get());
    if (container.waitForExit(timeout).isEmpty()) {
      container.stop(Duration.ZERO);
    } else {
      // One with a restart policy is not to come back.
      container.stop(Duration.ZERO);
    }
  }

  private void kill(Call call) throws Exception {
    Container container = lookup.of(call);
    String signal = call.query().optional("signal").orElse("KILL");
    if (!container.state().status().isActive()) {
      throw HttpError.conflict(
          "cannot kill container: "
              + call.parameter("id")
              + ": container "
              + container.id()
              + " is not running");
    }
    container.kill(signal);
    call.noContent();
  }

  private void pause(Call call) throws Exception {
    lookup.of(call).pause();
    call.noContent();
  }

  private void unpause(Call call) throws Exception {
    Container container = lookup.of(call);
    if (container.state().status() != Status.PAUSED) {
      // Not a conflict for dockerd.
      throw new HttpError(500, "Container " + container.id() + " is not paused");
    }
    container.unpause();
    call.noContent();
  }

  private void rename(Call call) throws Exception {
    Container container = lookup.of(call);
    String name = bare(call.query().get("name"));
    if (name.isEmpty()) {
      throw HttpError.badRequest("Neither old nor new names may be empty");
    }
    if (name.equals(container.name())) {
      throw HttpError.badRequest("Renaming a container with the same name as its current name");
    }
    container.rename(name);
    call.noContent();
  }

  private void update(Call call) throws Exception {
    Container container = lookup.of(call);
    UpdateBody body = call.body(UpdateBody.class);
    UpdateRequest request = container.update().resources(Limits.resources(body.resources()));
    if (body.restartPolicy() != null && !Lists.of(body.restartPolicy().name()).isEmpty()) {
      if (container.spec().autoRemove()) {
        throw HttpError.badRequest(
            "Restart policy cannot be updated because AutoRemove is enabled for the container");
      }
      request.restart(Draft.restart(body.restartPolicy()));
    }
    request.execute();
    call.json(new WarningsResponse(Lists.orNull(List.copyOf(container.warnings()))));
  }

  private void resize(Call call) throws Exception {
    Container container = lookup.of(call);
    if (!container.state().status().isActive()) {
      throw HttpError.conflict("Container " + container.id() + " is not running");
    }
    container.resize(dimension(call, "h"), dimension(call, "w"));
    call.exchange().send(200);
  }

  static int dimension(Call call, String name) {
    long value =
        call.query()
            .number(name)
            .orElseThrow(() -> HttpError.badRequest("invalid resize " + name + ": not a number"));
    if (value < 0 || value > 0xffff) {
      throw HttpError.badRequest("invalid resize " + name + " " + value + ": out of range");
    }
    return (int) value;
  }

  private void remove(Call call) throws Exception {
    Container container = lookup.of(call);
    if (call.query().flag("link")) {
      throw HttpError.badRequest("Conflict, cannot remove the default link name of the container");
    }
    ContainerState state = container.state();
    boolean force = call.query().flag("force");
    if (state.status().isActive() && !force) {
      String fix =
          state.status() == Status.PAUSED
              ? "container is paused and must be unpaused first"
              : "container is running: stop the container before removing or force remove";
      throw HttpError.conflict("cannot remove container \"/" + container.name() + "\": " + fix);
    }
    try {
      container.remove(force, call.query().flag("v"));
    } catch (BerthException e) {
      if (containers.find(container.id()).isPresent()) {
        throw e;
      }
      // It went by itself, or another client was faster.
    }
    call.noContent();
  }
}
