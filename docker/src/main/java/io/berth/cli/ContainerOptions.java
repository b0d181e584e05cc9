package io.berth.cli;

import io.berth.api.Containers;
import io.berth.api.CreateRequest;
import io.berth.api.Engine;
import io.berth.api.LogOptions;
import io.berth.api.PullPolicy;
import io.berth.api.PullRequest;
import io.berth.api.RestartPolicy;
import io.berth.build.ConsoleProgress;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.oci.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code run} and {@code create} say about a container. */
final class ContainerOptions {
  @Option(names = "--name", paramLabel = "NAME", description = "Name of the container")
  private String name;

  @Mixin private ProcessOptions process;

  @Option(
      names = {"-h", "--hostname"},
      paramLabel = "NAME",
      description = "Host name of the container")
  private String hostname;

  @Option(names = "--rm", description = "Remove the container once it has ended")
  private boolean remove;

  @Mixin private MountOptions mounts;

  @Mixin private NetworkOptions network;

  @Mixin private ResourceOptions resources;

  @Mixin private IsolationOptions isolation;

  @Mixin private HealthOptions health;

  @Option(
      names = {"-t", "--tty"},
      description = "Give it a terminal")
  private boolean tty;

  @Option(
      names = {"-i", "--interactive"},
      description = "Keep its standard input open, for this command's or a later one's")
  private boolean interactive;

  @Option(names = "--init", description = "Run a small init as its process 1")
  private boolean init;

  @Option(
      names = "--restart",
      paramLabel = "POLICY",
      description = "no, on-failure[:N], always or unless-stopped")
  private String restart;

  @Option(names = "--stop-signal", paramLabel = "SIGNAL", description = "What stop sends")
  private String stopSignal;

  @Option(
      names = "--stop-timeout",
      paramLabel = "SECONDS",
      description = "How long stop waits before the kill (10)")
  private Long stopTimeout;

  @Option(
      names = "--log-driver",
      paramLabel = "DRIVER",
      description = "json-file, local, or none for no log")
  private String logDriver = "json-file";

  @Option(
      names = "--log-opt",
      paramLabel = "NAME=VALUE",
      description = "max-size, max-file, compress, labels, env, tag or their -regex")
  private List<String> logOptions = List.of();

  @Option(
      names = "--add-host",
      paramLabel = "NAME:ADDRESS",
      description = "Line of /etc/hosts; the address host-gateway is this host's")
  private List<String> extraHosts = List.of();

  @Option(names = "--dns", paramLabel = "ADDRESS", description = "Name server")
  private List<String> dns = List.of();

  @Option(names = "--dns-search", paramLabel = "DOMAIN", description = "Domain to search in")
  private List<String> dnsSearch = List.of();

  @Option(
      names = {"--dns-option", "--dns-opt"},
      paramLabel = "OPTION",
      description = "Option of the resolver")
  private List<String> dnsOptions = List.of();

  @Option(names = "--domainname", paramLabel = "NAME", description = "NIS domain name")
  private String domainname;

  @Option(names = "--expose", paramLabel = "PORT", description = "Port that it listens on")
  private List<String> expose = List.of();

  @Option(
      names = "--pull",
      paramLabel = "missing|always|never",
      description = "When its image is pulled")
  private String pull = "missing";

  @Option(
      names = "--platform",
      paramLabel = "OS/ARCH",
      description = "Platform of the image that is pulled")
  private String platform;

  @Option(
      names = "--label-file",
      paramLabel = "FILE",
      description = "File of labels, NAME=VALUE in each line")
  private List<Path> labelFiles = List.of();

  @Option(names = "--cidfile", paramLabel = "FILE", description = "Write its id to a new file")
  private Path cidFile;

  @Option(
      names = "--annotation",
      paramLabel = "NAME=VALUE",
      description = "Annotation, which runtimes and inspect see")
  private List<String> annotations = List.of();

  @Option(
      names = "--storage-opt",
      paramLabel = "NAME=VALUE",
      description = "Option of the storage; there are none for containers")
  private List<String> storage = List.of();

  @Option(
      names = {"-l", "--label"},
      paramLabel = "NAME[=VALUE]",
      description = "Label")
  private List<String> labels = List.of();

  @Option(
      names = "--entrypoint",
      paramLabel = "COMMAND",
      description = "In place of the image's entry point; empty for none")
  private String entrypoint;

  @Parameters(index = "0", paramLabel = "IMAGE", description = "Image to make it from")
  private String image;

  @Parameters(
      index = "1..*",
      paramLabel = "COMMAND",
      description = "In place of the image's command")
  private List<String> command = List.of();

  boolean tty() {
    return tty;
  }

  boolean autoRemove() {
    return remove;
  }

  boolean interactive() {
    return interactive;
  }

  CreateRequest request(Containers containers, Map<String, String> environment) throws IOException {
    if (cidFile != null && Files.exists(cidFile)) {
      throw new ConflictException(
          "Container ID file found, make sure the other container isn't running or delete "
              + cidFile);
    }
    CreateRequest request = containers.create(image);
    optional(name, request::name);
    if (!command.isEmpty()) {
      request.command(command);
    }
    if (entrypoint != null) {
      request.entrypoint(entrypoint.isEmpty() ? List.of() : List.of(entrypoint));
    }
    process.identity(request::workdir, request::user);
    optional(hostname, request::hostname);
    optional(domainname, request::domainname);
    for (Path file : labelFiles) {
      EnvFile.parse(Files.readAllLines(file), Map.of()).forEach(request::label);
    }
    labels.stream().map(Assignment::label).forEach(l -> request.label(l.name(), l.value()));
    annotations.stream()
        .map(a -> Assignment.of("annotation", a))
        .forEach(a -> request.annotation(a.name(), a.value()));
    if (!storage.isEmpty()) {
      throw new InvalidInputException(
          "Invalid storage option \"" + storage.get(0) + "\": containers have none here");
    }
    request.env(process.env(environment));
    isolation.apply(request);
    surroundings(request);
    life(request);
    return request
        .resources(resources.resources())
        .tty(tty)
        .openStdin(interactive)
        .detached(true)
        .autoRemove(remove);
  }

  /** Pulls the image as docker does, telling of it on standard error. */
  void pullMissing(Engine engine, Console console) {
    boolean wanted =
        switch (pullPolicy()) {
          case ALWAYS -> true;
          case NEVER -> false;
          case MISSING -> engine.images().find(image).isEmpty();
        };
    if (wanted) {
      Reference reference = Reference.parse(image).withDefaultTag();
      if (pullPolicy() == PullPolicy.MISSING) {
        console.err().println("Unable to find image '" + reference.familiar() + "' locally");
      }
      PullRequest pull =
          engine.images().pull(image).progress(ConsoleProgress.onTerminal(console.err()));
      if (platform != null) {
        pull.platform(platform);
      }
      pull.execute();
    }
  }

  /** What was asked for in vain. */
  List<String> warnings() {
    return resources.warnings();
  }

  /** To be called once the container is there. */
  void keepId(String id) throws IOException {
    if (cidFile != null) {
      Files.writeString(cidFile, id, StandardOpenOption.CREATE_NEW);
    }
  }

  private PullPolicy pullPolicy() {
    return switch (pull) {
      case "missing" -> PullPolicy.MISSING;
      case "always" -> PullPolicy.ALWAYS;
      case "never" -> PullPolicy.NEVER;
      default ->
          throw new InvalidInputException(
              "Invalid pull policy \"" + pull + "\": expected missing, always or never");
    };
  }

  private static <T> void optional(T value, Consumer<T> to) {
    if (value != null) {
      to.accept(value);
    }
  }

  private void surroundings(CreateRequest request) {
    network.apply(request);
    mounts.apply(request);
    extraHosts.stream()
        .map(host -> host.indexOf('=') > 0 ? host.replaceFirst("=", ":") : host)
        .map(host -> Assignment.split("host", host, ':', "NAME:ADDRESS"))
        .forEach(host -> request.extraHost(host.name(), host.value()));
    dns.forEach(request::dns);
    dnsSearch.forEach(request::dnsSearch);
    dnsOptions.forEach(request::dnsOption);
    expose.forEach(request::expose);
  }

  private void life(CreateRequest request) {
    request.init(init);
    if (restart != null) {
      RestartPolicy policy = RestartPolicy.parse(restart);
      if (remove && policy.kind() != RestartPolicy.Kind.NO) {
        throw new InvalidInputException("Conflicting options: --restart and --rm");
      }
      request.restart(policy);
    }
    optional(stopSignal, request::stopSignal);
    if (stopTimeout != null) {
      request.stopTimeout(Duration.ofSeconds(stopTimeout));
    }
    health.healthcheck().ifPresent(request::healthcheck);
    log(request);
  }

  private void log(CreateRequest request) {
    Map<String, String> options = new LinkedHashMap<>();
    logOptions.stream()
        .map(option -> Assignment.of("log option", option))
        .forEach(option -> options.put(option.name(), option.value()));
    request.log(LogOptions.parse(logDriver, options));
  }
}
