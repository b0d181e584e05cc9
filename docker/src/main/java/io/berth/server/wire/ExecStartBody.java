package io.berth.server.wire;

import java.util.List;

/** How a process is started. */
public record ExecStartBody(boolean detach, boolean tty, List<Integer> consoleSize) {}
