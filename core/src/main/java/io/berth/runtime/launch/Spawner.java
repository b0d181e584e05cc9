package io.berth.runtime.launch;

import io.berth.error.BerthException;
import io.berth.error.Errno;
import io.berth.linux.IdMap;
import io.berth.runtime.linux.ProcessCalls;
import io.berth.runtime.userns.UserNamespace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A process that forks monitors and agents, each for a socket that it is passed. In a user
 * namespace, when there is one to be.
 *
 * @param ids those of the user namespace that it is in
 */
record Spawner(int pid, int socket, Optional<Ids> ids) {
  private static final String ROOM_FOR_TITLE = " ".repeat(32);

  record Ids(IdMap uids, IdMap gids) {}

  /** The ids could not be mapped; the reason is newuidmap's. */
  static final class MappingRefused extends BerthException {
    MappingRefused(String reason) {
      super(reason);
    }
  }

  /** One with the rights of this process. */
  static Spawner start(int program) {
    return start(program, List.of(), false);
  }

  /**
   * One in the user namespace of a data directory.
   *
   * @param lock the file by which its members know one another
   * @throws MappingRefused when the user may not have these ids
   */
  static Spawner start(int program, UserNamespace wanted, Path lock) {
    List<String> words =
        List.of(
            lock.toString(),
            wanted.mappers().map(m -> m.uids().toString()).orElse(""),
            wanted.mappers().map(m -> m.gids().toString()).orElse(""),
            wanted.uids().toString(),
            wanted.gids().toString());
    return start(program, words, true);
  }

  private static Spawner start(int program, List<String> more, boolean answers) {
    int[] pair = ProcessCalls.packetPair();
    int pid = 0;
    boolean done = false;
    try {
      // Room for the title that a monitor shows in the process list.
      List<String> words = new ArrayList<>(List.of("berth-spawner", "spawner", ROOM_FOR_TITLE));
      words.addAll(more);
      pid = ProcessCalls.spawn(program, words, pair[1]);
      ProcessCalls.closeDescriptor(pair[1]);
      pair[1] = -1;
      Spawner started =
          new Spawner(pid, pair[0], answers ? Optional.of(hear(pair[0])) : Optional.empty());
      done = true;
      return started;
    } finally {
      if (pair[1] >= 0) {
        ProcessCalls.closeDescriptor(pair[1]);
      }
      if (!done) {
        ProcessCalls.closeDescriptor(pair[0]);
        if (pid > 0) {
          ProcessCalls.reap(pid);
        }
      }
    }
  }

  private static Ids hear(int socket) {
    byte[] message = new byte[16 << 10];
    int n = ProcessCalls.read(socket, message, message.length);
    if (n < Frame.HEADER) {
      throw new BerthException("The launcher ended while it entered its user namespace");
    }
    int type = ByteBuffer.wrap(message).order(ByteOrder.nativeOrder()).getInt(0);
    byte[] payload = java.util.Arrays.copyOfRange(message, Frame.HEADER, n);
    Frame frame = new Frame(type, payload);
    if (type == Frame.MAPPED) {
      String[] maps = frame.stringsFrom(0);
      return new Ids(IdMap.parse(maps[0]), IdMap.parse(maps[1]));
    }
    String[] texts = frame.stringsFrom(4);
    throw failure(new StartFailure(frame.intAt(0), texts[0], texts[1]));
  }

  private static BerthException failure(StartFailure e) {
    if (e.stage().equals("map ids")) {
      return new MappingRefused(e.path());
    }
    boolean refused =
        e.stage().equals("make user namespace")
            && (e.errno() == Errno.EPERM || e.errno() == Errno.ENOSPC || e.errno() == Errno.EACCES);
    String advice =
        refused
            ? "; this kernel does not let an ordinary user make one: see the sysctls"
                + " user.max_user_namespaces, kernel.unprivileged_userns_clone and"
                + " kernel.apparmor_restrict_unprivileged_userns, or run Berth as root"
            : "";
    return new BerthException(
        "Cannot enter the user namespace that containers of an ordinary user need: "
            + e.getMessage()
            + advice,
        e);
  }

  /** Ends it; the monitors of running containers stay. */
  void stop() {
    ProcessCalls.closeDescriptor(socket);
    ProcessCalls.reap(pid);
  }
}
