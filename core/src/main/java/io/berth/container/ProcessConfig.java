package io.berth.container;

import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import java.util.List;

/**
 * What a container runs.
 *
 * @param args program and arguments; the program is looked up in PATH when it has no slash
 * @param env {@code NAME=value}, in order
 * @param workdir an absolute path; made when it is not there
 * @param user as in the USER instruction; empty for root
 */
record ProcessConfig(List<String> args, List<String> env, String workdir, String user) {
  ProcessConfig {
    args = List.copyOf(args);
    env = List.copyOf(env);
  }

  static ProcessConfig read(JsonReader json) {
    return new ProcessConfig(
        json.strings("args"), json.strings("env"), json.string("workdir"), json.string("user"));
  }

  JsonWriter write() {
    return new JsonWriter()
        .strings("args", args)
        .strings("env", env)
        .put("workdir", workdir)
        .put("user", user);
  }
}
