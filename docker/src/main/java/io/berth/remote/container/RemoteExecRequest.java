package io.berth.remote.container;

import io.berth.api.Exec;
import io.berth.api.ExecRequest;
import io.berth.api.ExecResult;
import io.berth.api.ProcessSpec;
import io.berth.error.InvalidInputException;
import io.berth.process.CollectedOutput;
import io.berth.process.ProcessChecks;
import io.berth.server.wire.ExecBody;
import io.berth.server.wire.IdResponse;
import io.berth.text.DetachKeys;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what a process in a container is to be. */
final class RemoteExecRequest implements ExecRequest {
  private final RemoteContainer container;
  private final List<String> command;
  private final Map<String, String> env = new LinkedHashMap<>();
  private String user = "";
  private String workdir = "";
  private DetachKeys keys = DetachKeys.none();
  private boolean tty;
  private boolean privileged;
  private boolean detached;
  private Stdio streams = Stdio.NONE;

  RemoteExecRequest(RemoteContainer container, List<String> command) {
    if (command.isEmpty()) {
      throw new InvalidInputException("No command to run in container " + container.name());
    }
    this.container = container;
    this.command = List.copyOf(command);
  }

  @Override
  public ExecRequest env(String name, String value) {
    ProcessChecks.variable(name);
    env.put(name, value);
    return this;
  }

  @Override
  public ExecRequest user(String user) {
    this.user = user;
    return this;
  }

  @Override
  public ExecRequest workdir(String path) {
    ProcessChecks.directory(path);
    workdir = path;
    return this;
  }

  @Override
  public ExecRequest tty(boolean tty) {
    this.tty = tty;
    return this;
  }

  @Override
  public ExecRequest privileged(boolean privileged) {
    this.privileged = privileged;
    return this;
  }

  @Override
  public ExecRequest stdin(InputStream in) {
    streams = streams.reading(in);
    return this;
  }

  @Override
  public ExecRequest output(OutputStream stdout, OutputStream stderr) {
    streams = streams.writing(stdout, stderr);
    return this;
  }

  @Override
  public ExecRequest detachKeys(String keys) {
    this.keys = DetachKeys.parse(keys);
    return this;
  }

  /** Processes of a remote engine go on in any case; this one without a connection. */
  @Override
  public ExecRequest detached(boolean detached) {
    this.detached = detached;
    return this;
  }

  @Override
  public Exec start() {
    boolean connected = !detached || streams.any();
    List<String> variables =
        env.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    ExecBody body =
        new ExecBody(
            user,
            privileged,
            tty,
            null,
            streams.stdin().isPresent(),
            connected,
            connected,
            tty ? RemoteContainer.NO_KEYS : "",
            Values.orNull(variables),
            workdir,
            command);
    String id = container.api().post(container.path("exec")).body(body).read(IdResponse.class).id();
    ProcessSpec process =
        new ProcessSpec(
            command, variables, workdir, user, List.of(), tty, streams.stdin().isPresent());
    return connected
        ? RemoteExec.start(container, id, process, streams, keys)
        : RemoteExec.startDetached(container, id, process);
  }

  @Override
  public ExecResult execute() {
    CollectedOutput output = new CollectedOutput();
    output(output.stdout(), output.stderr());
    try (Exec exec = start()) {
      return output.result(command, container::name, exec.waitForExit());
    }
  }
}
