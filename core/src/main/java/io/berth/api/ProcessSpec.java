package io.berth.api;

import java.util.List;

/**
 * A process to run in a container.
 *
 * @param args program and arguments; the program is looked up in PATH when it has no slash
 * @param env {@code NAME=value}, in order
 * @param workdir an absolute path; made when it is not there
 * @param user as in the USER instruction; empty for root
 * @param groups more groups of the user, by name or number
 * @param tty whether it has a terminal rather than pipes
 * @param stdin whether it has standard input; it reads an end otherwise
 */
public record ProcessSpec(
    List<String> args,
    List<String> env,
    String workdir,
    String user,
    List<String> groups,
    boolean tty,
    boolean stdin) {
  public ProcessSpec {
    args = List.copyOf(args);
    env = List.copyOf(env);
    groups = List.copyOf(groups);
  }

  /** A process with pipes, without input. */
  public ProcessSpec(List<String> args, List<String> env, String workdir, String user) {
    this(args, env, workdir, user, List.of(), false, false);
  }
}
