package io.berth.dockerfile;

import io.berth.dockerfile.Instruction.Cmd;
import io.berth.dockerfile.Instruction.Entrypoint;
import io.berth.dockerfile.Instruction.From;
import io.berth.dockerfile.Instruction.Healthcheck;
import io.berth.dockerfile.LineReader.Logical;
import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The rules that need nothing but the text (docs.docker.com/reference/build-checks). Instructions
 * come in order.
 */
final class SyntaxLint {
  private static final Set<String> RESERVED = Set.of("context", "scratch");
  private static final Set<String> PLATFORM_ARGS =
      Set.of(
          "TARGETPLATFORM",
          "TARGETOS",
          "TARGETARCH",
          "TARGETVARIANT",
          "BUILDPLATFORM",
          "BUILDOS",
          "BUILDARCH",
          "BUILDVARIANT");
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)(?:^|_)(?:apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(?:_|$)");
  private static final Pattern PUBLIC = Pattern.compile("(?i)(?:^|_)public(?:_|$)");

  private final char escape;
  private final List<LintWarning> warnings = new ArrayList<>();
  private final List<String> keywords = new ArrayList<>();
  private final List<Location> locations = new ArrayList<>();
  private final Map<String, Optional<String>> globalArgs = new HashMap<>();
  private final Set<String> stages = new HashSet<>();
  private final Map<Class<?>, Location> once = new HashMap<>();
  private boolean inStage;
  private boolean absoluteWorkdir;
  private boolean shellSet;

  SyntaxLint(char escape) {
    this.escape = escape;
  }

  void add(Logical line, Instruction instruction, Location location) {
    String keyword = Words.split(line.text(), escape).get(0);
    keywords.add(keyword);
    locations.add(location);
    if (line.emptyContinuation()) {
      warn("NoEmptyContinuation", "an empty line inside of a continued one", location);
    }
    if (instruction instanceof From from) {
      from(line, from, location);
    } else if (instruction instanceof Instruction.Arg arg) {
      arg.declarations().forEach(d -> argument(d, location));
    } else if (instruction instanceof Instruction.Env env) {
      legacy(line, "ENV", location);
      env.pairs().stream().map(Pair::name).forEach(name -> secret("ENV", name, location));
    } else if (instruction instanceof Instruction.Label) {
      legacy(line, "LABEL", location);
    } else if (instruction instanceof Instruction.Maintainer) {
      warn(
          "MaintainerDeprecated",
          "MAINTAINER is deprecated; use LABEL org.opencontainers.image.authors=NAME",
          location);
    } else if (instruction instanceof Instruction.Workdir workdir) {
      workdir(workdir.path(), location);
    } else if (instruction instanceof Instruction.Expose expose) {
      expose.ports().forEach(port -> port(port, location));
    } else if (instruction instanceof Instruction.Shell) {
      shellSet = true;
    } else if (instruction instanceof Cmd cmd) {
      jsonAdvised("CMD", cmd.command(), location);
      used("CMD", instruction, location);
    } else if (instruction instanceof Entrypoint entrypoint) {
      jsonAdvised("ENTRYPOINT", entrypoint.command(), location);
      used("ENTRYPOINT", instruction, location);
    } else if (instruction instanceof Healthcheck) {
      used("HEALTHCHECK", instruction, location);
    }
  }

  List<LintWarning> warnings() {
    casing();
    return List.copyOf(warnings);
  }

  private void warn(String rule, String message, Location location) {
    warnings.add(new LintWarning(rule, message, Optional.of(location)));
  }

  private void from(Logical line, From from, Location location) {
    inStage = true;
    absoluteWorkdir = false;
    shellSet = false;
    once.clear();
    List<String> words = Words.split(Flags.read(line.text(), 4, escape).rest(), escape);
    if (words.size() == 3) {
      stageName(words.get(2), location);
      boolean upperFrom = isUpper(line.text().substring(0, 4));
      if (isLower(words.get(1)) == upperFrom && isUpper(words.get(1)) != upperFrom) {
        warn(
            "FromAsCasing",
            "FROM and " + words.get(1) + " are not written in the same case",
            location);
      }
    }
    base(from, location);
    from.platform().ifPresent(platform -> platform(from, platform, location));
  }

  private void port(String port, Location location) {
    if (port.indexOf(':') >= 0 && port.indexOf('$') < 0) {
      warn(
          "ExposeInvalidFormat",
          "EXPOSE "
              + port
              + " names an address or a port of the host, which counts only when a container is"
              + " made; give the container's port alone",
          location);
    }
    String protocol = port.substring(port.indexOf('/') + 1);
    if (port.indexOf('/') >= 0 && !protocol.equals(protocol.toLowerCase(Locale.ROOT))) {
      warn("ExposeProtoCasing", "the protocol of " + port + " should be in lower case", location);
    }
  }

  private void stageName(String name, Location location) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!name.equals(lower)) {
      warn("StageNameCasing", "the stage name " + name + " should be in lower case", location);
    }
    if (RESERVED.contains(lower)) {
      warn("ReservedStageName", "the stage name " + lower + " has a meaning already", location);
    }
    if (!stages.add(lower)) {
      warn(
          "DuplicateStageName",
          "the stage name " + lower + " is used twice; the later one counts from here on",
          location);
    }
  }

  /** Whether the base image is known when no build argument is given. */
  private void base(From from, Location location) {
    Set<String> unset = unset(from.image());
    for (String name : unset) {
      if (!globalArgs.containsKey(name)) {
        warn(
            "UndefinedArgInFrom",
            "FROM uses " + name + ", which no ARG before the first FROM declares",
            location);
      }
    }
    String expanded = expand(from.image());
    if (from.image().indexOf('$') >= 0 && (expanded.isEmpty() || expanded.matches(".*[:@/]"))) {
      warn(
          "InvalidDefaultArgInFrom",
          "without build arguments FROM " + from.image() + " names no image",
          location);
    }
  }

  private void platform(From from, String platform, Location location) {
    if (platform.matches("\\$\\{?TARGETPLATFORM}?")) {
      warn(
          "RedundantTargetPlatform",
          "--platform=" + platform + " is the default; leave it out",
          location);
    } else if (platform.indexOf('$') < 0
        && from.name().filter(n -> n.contains(arch(platform))).isEmpty()) {
      warn(
          "FromPlatformFlagConstDisallowed",
          "--platform=" + platform + " builds for one platform, whatever is asked for",
          location);
    }
    for (String name : unset(platform)) {
      if (!globalArgs.containsKey(name)) {
        warn(
            "UndefinedArgInFrom",
            "FROM uses " + name + ", which no ARG before the first FROM declares",
            location);
      }
    }
  }

  private static String arch(String platform) {
    String[] parts = platform.split("/");
    return parts[Math.min(1, parts.length - 1)];
  }

  private Set<String> unset(String word) {
    Set<String> names = new TreeSet<>();
    expand(word, names);
    return names;
  }

  private String expand(String word) {
    return expand(word, new HashSet<>());
  }

  private String expand(String word, Set<String> unset) {
    ShellWords words =
        new ShellWords(
            escape,
            name -> {
              if (PLATFORM_ARGS.contains(name)) {
                return Optional.of("x");
              }
              Optional<String> value = globalArgs.getOrDefault(name, Optional.empty());
              if (value.isEmpty()) {
                unset.add(name);
              }
              return value;
            });
    try {
      return words.expand(word);
    } catch (InvalidInputException e) {
      return "?"; // the build says what is wrong
    }
  }

  private void argument(Instruction.Arg.Declaration declared, Location location) {
    secret("ARG", declared.name(), location);
    if (!inStage) {
      globalArgs.put(declared.name(), declared.value().map(this::expand));
    }
  }

  private void secret(String keyword, String name, Location location) {
    if (SECRET.matcher(name).find() && !PUBLIC.matcher(name).find()) {
      warn(
          "SecretsUsedInArgOrEnv",
          keyword
              + " "
              + name
              + " stays readable in the image; use RUN --mount=type=secret for secrets",
          location);
    }
  }

  private void legacy(Logical line, String keyword, Location location) {
    List<String> words = Words.split(line.text(), escape);
    if (words.size() > 1 && Words.equalsSign(words.get(1), escape) < 0) {
      warn(
          "LegacyKeyValueFormat",
          keyword + " NAME VALUE is the old form; write " + keyword + " NAME=VALUE",
          location);
    }
  }

  private void workdir(String path, Location location) {
    if (!absoluteWorkdir
        && !path.startsWith("/")
        && !path.startsWith("$")
        && !path.startsWith("\"/")) {
      warn(
          "WorkdirRelativePath",
          "WORKDIR " + path + " depends on the base image; begin with an absolute path",
          location);
    }
    absoluteWorkdir = true;
  }

  private void jsonAdvised(String keyword, Command command, Location location) {
    if (command instanceof Command.Shell && !shellSet) {
      warn(
          "JSONArgsRecommended",
          keyword + " runs in a shell, which gets the signals; write it as a JSON array",
          location);
    }
  }

  private void used(String keyword, Instruction instruction, Location location) {
    Location before = once.put(instruction.getClass(), location);
    if (before != null) {
      warn(
          "MultipleInstructionsDisallowed",
          keyword + " is given again; only the last one of a stage counts",
          before);
    }
  }

  /** What most keywords are written in. */
  private void casing() {
    long lower = keywords.stream().filter(SyntaxLint::isLower).count();
    long upper = keywords.stream().filter(SyntaxLint::isUpper).count();
    boolean mostLower = lower > upper;
    for (int i = 0; i < keywords.size(); i++) {
      String keyword = keywords.get(i);
      if (!(mostLower ? isLower(keyword) : isUpper(keyword))) {
        warn(
            "ConsistentInstructionCasing",
            keyword + " should be in " + (mostLower ? "lower" : "upper") + " case as the others",
            locations.get(i));
      }
    }
  }

  private static boolean isLower(String text) {
    return text.equals(text.toLowerCase(Locale.ROOT));
  }

  private static boolean isUpper(String text) {
    return text.equals(text.toUpperCase(Locale.ROOT));
  }
}
