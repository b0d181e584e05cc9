package io.berth.cli;

import io.berth.api.BuildRequest;
import io.berth.api.ContextSource;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.NetworkMode;
import io.berth.api.Progress;
import io.berth.api.Provenance;
import io.berth.api.Ulimit;
import io.berth.build.ConsoleProgress;
import io.berth.build.JsonProgress;
import io.berth.error.InvalidInputException;
import io.berth.text.ByteSize;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "build",
    description = "Build an image from a Dockerfile.",
    customSynopsis = "berth build [OPTIONS] PATH|URL|-")
final class BuildCommand extends EngineCommand {
  @Option(
      names = {"-t", "--tag"},
      paramLabel = "NAME[:TAG]",
      description = "Name of the image; may be given several times")
  private List<String> tags = List.of();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "The Dockerfile (PATH/Dockerfile)")
  private Path file;

  @Option(
      names = "--build-arg",
      paramLabel = "NAME[=VALUE]",
      description = "Value of an ARG; without a value, this process's own")
  private List<String> args = List.of();

  @Option(names = "--label", paramLabel = "NAME[=VALUE]", description = "Label of the image")
  private List<String> labels = List.of();

  @Option(names = "--target", paramLabel = "STAGE", description = "Stage to build (the last one)")
  private String target;

  @Option(names = "--no-cache", description = "Run every step, whatever the cache holds")
  private boolean noCache;

  @Option(
      names = "--network",
      paramLabel = "NETWORK",
      description = "Network of RUN steps: bridge by default, none or host")
  private String network = "default";

  @Option(
      names = "--add-host",
      paramLabel = "NAME:ADDRESS",
      description = "Line of /etc/hosts of RUN steps")
  private List<String> extraHosts = List.of();

  @Option(
      names = "--build-context",
      paramLabel = "NAME=SOURCE",
      description = "One more context: a directory, a git URL or docker-image://NAME")
  private List<String> contexts = List.of();

  @Option(
      names = "--secret",
      paramLabel = "id=ID[,src=FILE|,env=NAME]",
      description = "Secret for RUN --mount=type=secret")
  private List<String> secrets = List.of();

  @Option(
      names = "--ssh",
      paramLabel = "ID[=SOCKET|KEY[,KEY]]",
      description = "Agent for RUN --mount=type=ssh")
  private List<String> ssh = List.of();

  @Option(
      names = "--allow",
      paramLabel = "RIGHT",
      description = "network.host or security.insecure")
  private List<String> allow = List.of();

  @Option(
      names = "--cache-from",
      paramLabel = "CACHE",
      description = "type=local,src=DIR or type=registry,ref=NAME")
  private List<String> cacheFrom = List.of();

  @Option(
      names = "--cache-to",
      paramLabel = "CACHE",
      description = "type=local,dest=DIR or type=registry,ref=NAME")
  private List<String> cacheTo = List.of();

  @Option(
      names = "--platform",
      split = ",",
      paramLabel = "OS/ARCH",
      description = "Platforms of the image: of several, an image for each by one name")
  private List<String> platforms = List.of();

  @Option(names = "--pull", description = "Ask the registry for newer base images")
  private boolean pull;

  @Option(
      names = "--no-cache-filter",
      split = ",",
      paramLabel = "STAGE",
      description = "Run every step of these stages")
  private List<String> noCacheStages = List.of();

  @Option(names = "--squash", description = "Make one layer of those that are new")
  private boolean squash;

  @Option(
      names = "--provenance",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false|mode=min|mode=max",
      description = "Say where the image comes from; pushed beside it")
  private String provenance = "false";

  @Option(names = "--sbom", arity = "0..1", fallbackValue = "true", paramLabel = "true|false")
  private String sbom = "false";

  @Option(names = "--shm-size", paramLabel = "SIZE", description = "Size of /dev/shm in RUN steps")
  private String shmSize;

  @Option(
      names = "--ulimit",
      paramLabel = "NAME=SOFT[:HARD]",
      description = "Resource limit of RUN steps")
  private List<String> ulimits = List.of();

  @Option(names = "--iidfile", paramLabel = "FILE", description = "Write the image's id to a file")
  private Path idFile;

  @Option(
      names = "--progress",
      paramLabel = "auto|plain|rawjson|quiet",
      description = "How progress is shown, on standard error")
  private String progress = "auto";

  @Option(
      names = {"-q", "--quiet"},
      description = "Print nothing but the id of the image")
  private boolean quiet;

  @Parameters(
      paramLabel = "PATH|URL|-",
      description = "Context that COPY and ADD read from; - for a tar on standard input")
  private String context;

  @Override
  int run(Engine engine) throws IOException {
    BuildRequest request = engine.images().build(source());
    if (file != null) {
      request.file(file);
    }
    tags.forEach(request::tag);
    for (String arg : args) {
      EnvFile.value(arg, session().environment())
          .ifPresent(value -> request.arg(EnvFile.name(arg), value));
    }
    labels.stream().map(Assignment::label).forEach(l -> request.label(l.name(), l.value()));
    if (target != null) {
      request.target(target);
    }
    if (!platforms.isEmpty()) {
      request.platform(String.join(",", platforms));
    }
    if (pull) {
      request.pull();
    }
    if (squash) {
      request.squash();
    }
    request.provenance(provenance());
    checkSbom();
    caching(request);
    steps(request);
    Image image = request.progress(progress()).execute();
    if (idFile != null) {
      Files.writeString(idFile, image.id().toString());
    }
    if (quiet) {
      console().out().println(image.id());
    }
    return 0;
  }

  private Provenance provenance() {
    return switch (provenance) {
      case "false" -> Provenance.NONE;
      case "true", "mode=min" -> Provenance.MIN;
      case "mode=max" -> Provenance.MAX;
      default ->
          throw new InvalidInputException(
              "Unknown provenance \""
                  + provenance
                  + "\": expected true, false, mode=min or mode=max");
    };
  }

  private void checkSbom() {
    if (!sbom.equals("false")) {
      throw new InvalidInputException(
          "Berth has no scanner for --sbom="
              + sbom
              + ": build without it, then scan the image, such as with \"berth save\" and \"syft"
              + " docker-archive:FILE\"");
    }
  }

  private ContextSource source() {
    return context.equals("-") ? ContextSource.tar(console().in()) : ContextSource.parse(context);
  }

  private void caching(BuildRequest request) {
    if (noCache) {
      request.noCache();
    }
    noCacheStages.forEach(request::noCache);
    cacheFrom.forEach(request::cacheFrom);
    cacheTo.forEach(request::cacheTo);
  }

  private void steps(BuildRequest request) {
    request.network(NetworkMode.of(network));
    extraHosts.stream()
        .map(host -> Assignment.split("host", host, ':', "NAME:ADDRESS"))
        .forEach(host -> request.addHost(host.name(), host.value()));
    contexts.stream()
        .map(c -> Assignment.of("build context", c))
        .forEach(c -> request.buildContext(c.name(), ContextSource.parse(c.value())));
    secrets.forEach(secret -> BuildSecret.parse(secret, session().environment()).add(request));
    for (String agent : ssh) {
      Assignment parts =
          agent.indexOf('=') < 0 ? new Assignment(agent, "") : Assignment.of("ssh", agent);
      Path[] paths =
          Stream.of(parts.value().split(","))
              .filter(p -> !p.isEmpty())
              .map(Path::of)
              .toArray(Path[]::new);
      request.ssh(parts.name(), paths);
    }
    allow.forEach(request::allow);
    if (shmSize != null) {
      request.shmSize(ByteSize.parse(shmSize));
    }
    ulimits.stream().map(Ulimit::parse).forEach(request::ulimit);
  }

  private Progress progress() {
    PrintStream err = console().err();
    return switch (quiet ? "quiet" : progress) {
      case "auto" -> ConsoleProgress.onTerminal(err);
      case "plain" -> ConsoleProgress.plain(err);
      case "rawjson" -> new JsonProgress(err);
      case "quiet" -> Progress.none();
      default ->
          throw new InvalidInputException(
              "Unknown progress \"" + progress + "\": expected auto, plain, rawjson or quiet");
    };
  }
}
