package io.berth.container;

import io.berth.api.Exec;
import io.berth.api.ExecRequest;
import io.berth.api.ExecResult;
import io.berth.api.ProcessSpec;
import io.berth.error.InvalidInputException;
import io.berth.process.CollectedOutput;
import io.berth.process.ProcessChecks;
import io.berth.text.DetachKeys;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Collects what a process in a container is to be. */
final class DefaultExecRequest implements ExecRequest {
  private final DefaultContainer container;
  private final List<String> command;
  private final Map<String, String> env = new LinkedHashMap<>();
  private Optional<String> user = Optional.empty();
  private Optional<String> workdir = Optional.empty();
  private DetachKeys keys = DetachKeys.none();
  private boolean tty;
  private boolean privileged;
  private boolean detached;
  private Streams streams = Streams.NONE;

  DefaultExecRequest(DefaultContainer container, List<String> command) {
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
    this.user = Optional.of(user);
    return this;
  }

  @Override
  public ExecRequest workdir(String path) {
    ProcessChecks.directory(path);
    this.workdir = Optional.of(path);
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
    streams = new Streams(Optional.of(in), streams.stdout(), streams.stderr());
    return this;
  }

  @Override
  public ExecRequest output(OutputStream stdout, OutputStream stderr) {
    streams = new Streams(streams.stdin(), Optional.of(stdout), Optional.of(stderr));
    return this;
  }

  @Override
  public ExecRequest detachKeys(String keys) {
    this.keys = DetachKeys.parse(keys);
    return this;
  }

  @Override
  public ExecRequest detached(boolean detached) {
    this.detached = detached;
    return this;
  }

  @Override
  public Exec start() {
    return begin().pumped();
  }

  private DefaultExec begin() {
    ProcessSpec base = container.spec().process();
    Map<String, String> all = new LinkedHashMap<>();
    for (String variable : base.env()) {
      int equals = variable.indexOf('=');
      all.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    all.putAll(env);
    ProcessSpec process =
        new ProcessSpec(
            command,
            all.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList(),
            workdir.orElse(base.workdir()),
            user.orElse(base.user()),
            base.groups(),
            tty,
            streams.stdin().isPresent());
    return container.exec(process, privileged, detached, new Attached(streams, true, keys));
  }

  @Override
  public ExecResult execute() {
    CollectedOutput output = new CollectedOutput();
    output(output.stdout(), output.stderr());
    try (DefaultExec exec = streams.stdin().isPresent() ? begin().pumped() : begin()) {
      return output.result(command, container::name, exec.waitForExit());
    }
  }
}
