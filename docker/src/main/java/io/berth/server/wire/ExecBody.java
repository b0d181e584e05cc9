package io.berth.server.wire;

import java.util.List;

/** A process to be started in a container. */
public record ExecBody(
    String user,
    boolean privileged,
    boolean tty,
    List<Integer> consoleSize,
    boolean attachStdin,
    boolean attachStdout,
    boolean attachStderr,
    String detachKeys,
    List<String> env,
    String workingDir,
    List<String> cmd) {}
