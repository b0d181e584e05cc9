package io.berth.runtime.launch;

import io.berth.network.UplinkStarter;
import io.berth.runtime.linux.ProcessCalls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The other end of uplink.c while it starts. */
record UplinkProcess(int socket) implements UplinkStarter.Started {
  private static final int PATIENCE = 15_000;

  /** What it is to connect, and how. */
  static Frame wish(Path directory, List<List<String>> commands) {
    StringBuilder text = new StringBuilder(directory.toString()).append('\0');
    for (List<String> command : commands) {
      command.forEach(word -> text.append(word).append('\0'));
      text.append('\0');
    }
    return new Frame(Frame.KEEP, text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @throws StartFailure when it could not do a step
   */
  static UplinkProcess start(int socket, int namespace) {
    boolean done = false;
    try {
      ProcessCalls.sendDescriptor(socket, NativeLauncher.MONITOR, namespace);
      Frames.awaitStart(socket);
      done = true;
      return new UplinkProcess(socket);
    } finally {
      if (!done) {
        ProcessCalls.closeDescriptor(socket);
      }
    }
  }

  @Override
  public void awaitConnected() {
    if (ProcessCalls.awaitReadable(socket, PATIENCE)) {
      Frames.read(socket); // its file says the same
    }
  }

  @Override
  public void close() {
    ProcessCalls.closeDescriptor(socket);
  }
}
