package io.berth.oci;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import io.berth.json.UnknownFields;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How containers of an image run unless they say otherwise (OCI image-spec, config.md, "config"),
 * with Docker's health check, ONBUILD steps and shell. Empty lists and texts mean absent.
 *
 * @param exposedPorts such as {@code 80/tcp}
 * @param env {@code NAME=value}, in order
 * @param unknown other fields, such as {@code ArgsEscaped}, that have no effect here
 */
public record RunConfig(
    Optional<String> user,
    SortedSet<String> exposedPorts,
    List<String> env,
    List<String> entrypoint,
    List<String> cmd,
    SortedSet<String> volumes,
    Optional<String> workingDir,
    Map<String, String> labels,
    Optional<String> stopSignal,
    Optional<Healthcheck> healthcheck,
    List<String> onBuild,
    List<String> shell,
    UnknownFields unknown) {
  private static final Set<String> FIELDS =
      Set.of(
          "User",
          "ExposedPorts",
          "Env",
          "Entrypoint",
          "Cmd",
          "Volumes",
          "WorkingDir",
          "Labels",
          "StopSignal",
          "Healthcheck",
          "OnBuild",
          "Shell");

  public RunConfig {
    user = user.filter(s -> !s.isEmpty());
    exposedPorts = Values.copy(exposedPorts);
    env = List.copyOf(env);
    entrypoint = List.copyOf(entrypoint);
    cmd = List.copyOf(cmd);
    volumes = Values.copy(volumes);
    workingDir = workingDir.filter(s -> !s.isEmpty());
    labels = Values.copy(labels);
    stopSignal = stopSignal.filter(s -> !s.isEmpty());
    onBuild = List.copyOf(onBuild);
    shell = List.copyOf(shell);
  }

  /** A config that says nothing. */
  public static RunConfig empty() {
    return builder().build();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this. */
  public Builder toBuilder() {
    return new Builder()
        .user(user.orElse(""))
        .exposedPorts(exposedPorts)
        .env(env)
        .entrypoint(entrypoint)
        .cmd(cmd)
        .volumes(volumes)
        .workingDir(workingDir.orElse(""))
        .labels(labels)
        .stopSignal(stopSignal.orElse(""))
        .healthcheck(healthcheck)
        .onBuild(onBuild)
        .shell(shell)
        .unknown(unknown);
  }

  /** The environment by name; of two equal names, the last counts. */
  public Map<String, String> envMap() {
    Map<String, String> map = new LinkedHashMap<>();
    for (String variable : env) {
      int equals = variable.indexOf('=');
      map.put(
          equals < 0 ? variable : variable.substring(0, equals),
          equals < 0 ? "" : variable.substring(equals + 1));
    }
    return Collections.unmodifiableMap(map);
  }

  /** Reads the JSON form. */
  public static RunConfig read(JsonReader json) {
    return new RunConfig(
        json.optionalString("User"),
        Values.readSet(json, "ExposedPorts"),
        json.strings("Env"),
        json.strings("Entrypoint"),
        json.strings("Cmd"),
        Values.readSet(json, "Volumes"),
        json.optionalString("WorkingDir"),
        json.stringMap("Labels"),
        json.optionalString("StopSignal"),
        json.optional("Healthcheck").map(Healthcheck::read),
        json.strings("OnBuild"),
        json.strings("Shell"),
        json.unknownFields(FIELDS));
  }

  /** Writes the JSON form. */
  public ObjectNode toNode() {
    return new JsonWriter()
        .put("User", user)
        .set("ExposedPorts", exposedPorts)
        .strings("Env", env)
        .strings("Entrypoint", entrypoint)
        .strings("Cmd", cmd)
        .set("Volumes", volumes)
        .put("WorkingDir", workingDir)
        .strings("Labels", labels)
        .put("StopSignal", stopSignal)
        .put("Healthcheck", healthcheck.map(Healthcheck::toNode))
        .strings("OnBuild", onBuild)
        .strings("Shell", shell)
        .unknown(unknown)
        .toNode();
  }

  /** Collects the values of a {@link RunConfig}; an empty value makes a field absent. */
  public static final class Builder {
    private String user = "";
    private SortedSet<String> exposedPorts = new TreeSet<>();
    private List<String> env = List.of();
    private List<String> entrypoint = List.of();
    private List<String> cmd = List.of();
    private SortedSet<String> volumes = new TreeSet<>();
    private String workingDir = "";
    private Map<String, String> labels = new TreeMap<>();
    private String stopSignal = "";
    private Optional<Healthcheck> healthcheck = Optional.empty();
    private List<String> onBuild = List.of();
    private List<String> shell = List.of();
    private UnknownFields unknown = UnknownFields.NONE;

    private Builder() {}

    public Builder user(String value) {
      user = value;
      return this;
    }

    public Builder exposedPorts(Collection<String> values) {
      exposedPorts = new TreeSet<>(values);
      return this;
    }

    public Builder exposePort(String value) {
      exposedPorts.add(value);
      return this;
    }

    public Builder env(List<String> values) {
      env = List.copyOf(values);
      return this;
    }

    /** Sets one variable: at the place of the former value, or at the end. */
    public Builder env(String name, String value) {
      env = EnvList.with(env, name, value);
      return this;
    }

    public Builder entrypoint(List<String> values) {
      entrypoint = List.copyOf(values);
      return this;
    }

    public Builder cmd(List<String> values) {
      cmd = List.copyOf(values);
      return this;
    }

    public Builder volumes(Collection<String> values) {
      volumes = new TreeSet<>(values);
      return this;
    }

    public Builder volume(String value) {
      volumes.add(value);
      return this;
    }

    public Builder workingDir(String value) {
      workingDir = value;
      return this;
    }

    public Builder labels(Map<String, String> values) {
      labels = new TreeMap<>(values);
      return this;
    }

    public Builder label(String name, String value) {
      labels.put(name, value);
      return this;
    }

    public Builder stopSignal(String value) {
      stopSignal = value;
      return this;
    }

    public Builder healthcheck(Optional<Healthcheck> value) {
      healthcheck = value;
      return this;
    }

    public Builder healthcheck(Healthcheck value) {
      return healthcheck(Optional.of(value));
    }

    public Builder onBuild(List<String> values) {
      onBuild = List.copyOf(values);
      return this;
    }

    public Builder shell(List<String> values) {
      shell = List.copyOf(values);
      return this;
    }

    Builder unknown(UnknownFields fields) {
      unknown = fields;
      return this;
    }

    public RunConfig build() {
      return new RunConfig(
          Optional.of(user),
          exposedPorts,
          env,
          entrypoint,
          cmd,
          volumes,
          Optional.of(workingDir),
          labels,
          Optional.of(stopSignal),
          healthcheck,
          onBuild,
          shell,
          unknown);
    }
  }
}
