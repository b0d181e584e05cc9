package io.berth.container;

import io.berth.api.LaunchException;
import io.berth.api.ProcessSpec;
import io.berth.api.SandboxSpec;
import io.berth.api.Ulimit;
import io.berth.error.Errno;
import io.berth.runtime.launch.Monitor;
import io.berth.runtime.launch.StartFailure;
import io.berth.runtime.security.CapabilitySet;
import java.util.List;

/** Says in the user's words what the launcher has to tell. */
final class LaunchReport {
  private static final String NO_CAPABILITIES = "give capabilities ";

  private LaunchReport() {}

  static List<String> warnings(Monitor monitor, SandboxSpec sandbox) {
    return monitor.warnings().stream().map(w -> explain(w, sandbox)).toList();
  }

  private static String explain(String warning, SandboxSpec sandbox) {
    for (Ulimit limit : sandbox.ulimits()) {
      if (warning.startsWith("set rlimit " + Ulimits.number(limit.name()) + ":")) {
        return "ulimit "
            + limit.name()
            + "="
            + limit.soft()
            + ":"
            + limit.hard()
            + " was refused, the limit stays as it is for this engine: raising it needs"
            + " CAP_SYS_RESOURCE";
      }
    }
    if (warning.startsWith(NO_CAPABILITIES)) {
      String hex = warning.substring(NO_CAPABILITIES.length(), warning.indexOf(':'));
      return "capabilities "
          + new CapabilitySet(Long.decode(hex)).capabilities()
          + " were not given: this engine lacks them itself";
    }
    return warning;
  }

  static LaunchException failure(String name, StartFailure e, ProcessSpec process) {
    return new LaunchException(name, e.stage(), e.path(), e.errno(), advice(e, process));
  }

  private static String advice(StartFailure e, ProcessSpec process) {
    if (!e.stage().equals("exec")) {
      return "";
    }
    return switch (e.errno()) {
      case Errno.ENOENT ->
          process.args().get(0).contains("/")
              ? "The image has no such file, or the file's interpreter is missing"
              : "No executable of this name is in the container's PATH";
      case Errno.EACCES -> "The file is not executable, or not by this user";
      case Errno.ENOEXEC -> "The file is no program of this architecture and has no #! line";
      default -> "";
    };
  }
}
