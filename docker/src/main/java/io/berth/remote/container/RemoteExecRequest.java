package io.berth.remote.container;

import io.berth.api.Exec;
import io.berth.api.ExecRequest;
import io.berth.api.ExecResult;
import io.berth.api.ProcessSpec;
import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import io.berth.server.wire.ExecBody;
import io.berth.server.wire.IdResponse;
import io.berth.text.DetachKeys;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects what a process in a container is to be. */
final class RemoteExecRequest implements ExecRequest {
  private static final int MOST_OUTPUT = 64 << 20;

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
    ProcessPart.checkVariable(name);
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
    ProcessPart.checkDirectory(path);
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
    Bounded stdout = new Bounded();
    Bounded stderr = new Bounded();
    output(stdout, stderr);
    try (Exec exec = start()) {
      int code = exec.waitForExit();
      if (stdout.overflowed || stderr.overflowed) {
        throw new BerthException(
            command
                + " in container "
                + container.name()
                + " wrote more than "
                + MOST_OUTPUT
                + " bytes; read its output with output(...) and start()");
      }
      return new ExecResult(code, stdout.toByteArray(), stderr.toByteArray());
    }
  }

  private static final class Bounded extends OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private volatile boolean overflowed;

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      overflowed |= kept.size() + length > MOST_OUTPUT;
      if (!overflowed) {
        kept.write(bytes, offset, length);
      }
    }

    synchronized byte[] toByteArray() {
      return kept.toByteArray();
    }
  }
}
