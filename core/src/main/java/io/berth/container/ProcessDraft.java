package io.berth.container;

import static io.berth.container.SandboxDraft.check;

import io.berth.api.ProcessSpec;
import io.berth.oci.Healthcheck;
import io.berth.oci.RunConfig;
import io.berth.process.ProcessChecks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A container's process that is being asked for; what is not given comes from the image. */
final class ProcessDraft {
  static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final String imageName;
  private final RunConfig image;
  private final Map<String, String> env = new LinkedHashMap<>();
  private final List<String> groups = new ArrayList<>();
  private Optional<List<String>> command = Optional.empty();
  private Optional<List<String>> entrypoint = Optional.empty();
  private Optional<String> workdir = Optional.empty();
  private Optional<String> user = Optional.empty();
  private Optional<Healthcheck> healthcheck = Optional.empty();
  private boolean tty;
  private boolean openStdin;

  ProcessDraft(String imageName, RunConfig image) {
    this.imageName = imageName;
    this.image = image;
  }

  void command(List<String> args) {
    this.command = Optional.of(List.copyOf(args));
  }

  void entrypoint(List<String> args) {
    this.entrypoint = Optional.of(List.copyOf(args));
  }

  void env(String name, String value) {
    ProcessChecks.variable(name);
    env.put(name, value);
  }

  void workdir(String path) {
    ProcessChecks.directory(path);
    this.workdir = Optional.of(path);
  }

  void user(String user) {
    this.user = Optional.of(user);
  }

  void group(String group) {
    groups.add(group);
  }

  void tty(boolean tty) {
    this.tty = tty;
  }

  void openStdin(boolean open) {
    this.openStdin = open;
  }

  void healthcheck(Healthcheck healthcheck) {
    this.healthcheck = Optional.of(healthcheck);
  }

  List<String> first() {
    return entrypoint.orElse(image.entrypoint());
  }

  /** The image's CMD is for its own ENTRYPOINT. */
  List<String> rest() {
    return command.orElse(entrypoint.isPresent() ? List.of() : image.cmd());
  }

  ProcessSpec build(String hostname) {
    return new ProcessSpec(
        args(), env(hostname), workdir(), user.or(image::user).orElse(""), groups, tty, openStdin);
  }

  /** The image's check, with what was given in place of parts of it. */
  Optional<Healthcheck> healthcheck() {
    if (healthcheck.isEmpty()) {
      return image.healthcheck();
    }
    Healthcheck given = healthcheck.get();
    if (!given.test().isEmpty() || image.healthcheck().isEmpty()) {
      return healthcheck;
    }
    Healthcheck inherited = image.healthcheck().get();
    return Optional.of(
        new Healthcheck(
            inherited.test(),
            given.interval().or(inherited::interval),
            given.timeout().or(inherited::timeout),
            given.startPeriod().or(inherited::startPeriod),
            given.startInterval().or(inherited::startInterval),
            given.retries().or(inherited::retries)));
  }

  private List<String> args() {
    List<String> args = new ArrayList<>(first());
    args.addAll(rest());
    check(
        !args.isEmpty(),
        "No command for image "
            + imageName
            + ": it has neither ENTRYPOINT nor CMD, and none was given with command(...)");
    return args;
  }

  private List<String> env(String hostname) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("PATH", PATH);
    all.put("HOSTNAME", hostname);
    for (String variable : image.env()) {
      int equals = variable.indexOf('=');
      all.put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    all.putAll(env);
    return all.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  private String workdir() {
    String path = workdir.or(image::workingDir).orElse("/");
    return path.startsWith("/") ? path : "/" + path;
  }
}
