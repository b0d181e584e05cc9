package io.berth.api;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A container of an engine. Thread-safe. */
public interface Container extends AutoCloseable {

  /** 64 hexadecimal digits. */
  String id();

  String name();

  /** The image it was made from, by the name it was asked for. */
  String image();

  /** What its init runs: entrypoint and command together. */
  List<String> command();

  Map<String, String> labels();

  /** All that it was made with, and has been changed to since. */
  ContainerSpec spec();

  /** How it is now. */
  ContainerState state();

  /** The process id of its init on this host, while it runs. */
  OptionalLong pid();

  /** Its places in networks, while it runs. */
  List<Endpoint> networks();

  /** The ports of the host that lead to it, while it runs. */
  List<PublishedPort> ports();

  /** What could not be done as asked when it was started, such as a limit that was refused. */
  List<String> warnings();

  /**
   * Starts it and returns once its command has been executed.
   *
   * @throws io.berth.error.ConflictException when it runs already
   * @throws LaunchException when it could not be started: says which step failed, and why
   */
  void start();

  /**
   * Waits for its end.
   *
   * @return its exit code; 128 and the signal's number when a signal ended it
   * @throws io.berth.error.ConflictException when it has never been started
   */
  int waitForExit();

  /** Waits for its end, or until the time is over: then empty. */
  Optional<Integer> waitForExit(Duration timeout);

  /**
   * Waits until it is ready for use.
   *
   * @throws io.berth.error.BerthException when the time is over, or it ended before: the message
   *     has its last lines of output
   */
  void waitFor(Wait condition);

  /** Its output so far, from the log. */
  default Logs logs() {
    return readLogs().read();
  }

  /** Begins to read its log. */
  LogRequest readLogs();

  /**
   * Its processes.
   *
   * @param psArgs as for ps(1), {@code -ef} when there are none; others need the host's ps
   * @throws io.berth.error.ConflictException when it does not run
   */
  ProcessTable top(List<String> psArgs);

  /** Its processes, as {@code ps -ef} shows them. */
  default ProcessTable top() {
    return top(List.of());
  }

  /**
   * What it uses now.
   *
   * @throws io.berth.error.ConflictException when it does not run
   */
  Stats stats();

  /** What it uses, measured again and again, from now until it has ended. */
  Feed<Stats> stats(Duration interval);

  /** Connects to its standard input and output. */
  AttachRequest attach();

  /** Tells its terminal its size, in characters. */
  void resize(int rows, int columns);

  /** Begins a process in it. */
  ExecRequest exec(List<String> command);

  /** Begins a process in it. */
  default ExecRequest exec(String... command) {
    return exec(List.of(command));
  }

  /** Asks it to end with its stop signal, and kills it when the time is over. */
  void stop(Duration timeout);

  /** Asks it to end with its stop signal, and kills it after its own stop timeout. */
  default void stop() {
    stop(spec().stopTimeout());
  }

  /** Stops it if it runs, and starts it. */
  void restart(Duration timeout);

  /**
   * Freezes all its processes.
   *
   * @throws io.berth.error.ConflictException when it does not run, or is frozen already
   */
  void pause();

  /** Lets its processes go on. */
  void unpause();

  /**
   * Gives it another name.
   *
   * @throws io.berth.error.ConflictException when the name is taken
   */
  void rename(String name);

  /** Looking at, copying and listing its files. */
  FileAccess files();

  /** Begins an image of what it has written on top of its own image. */
  CommitRequest commit();

  /**
   * Writes it as an OCI bundle, which {@code runc run} and {@code crun run} run with the same
   * result: {@code config.json} and a copy of its files in {@code rootfs}.
   *
   * <p>An ordinary user's is run by that user, in a user namespace with the engine's ids, whose
   * files {@code rootfs} has; runc gives it no supplementary groups. It has limits only where
   * control groups are delegated to the user.
   *
   * @param directory is made when it is missing
   * @throws io.berth.error.ConflictException when the directory is not empty
   */
  void writeBundle(Path directory);

  /** Begins a change of its limits or restart policy. */
  UpdateRequest update();

  /**
   * Sends its init a signal, such as {@code KILL}, {@code SIGTERM} or {@code 15}.
   *
   * @throws io.berth.error.ConflictException when it does not run
   */
  void kill(String signal);

  /**
   * Removes it with all it wrote, but not its volumes.
   *
   * @param force whether to kill it first when it runs
   * @throws io.berth.error.ConflictException when it runs and force is not asked
   */
  default void remove(boolean force) {
    remove(force, false);
  }

  /**
   * The same.
   *
   * @param volumes whether the volumes that were made for it without a name go too, unless another
   *     container has them
   */
  void remove(boolean force, boolean volumes);

  /** Kills and removes it with its anonymous volumes, unless it was made detached. */
  @Override
  void close();
}
