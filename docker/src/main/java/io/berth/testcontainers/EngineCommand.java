package io.berth.testcontainers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the process of an engine is started: the Java of this JVM with the engine's part of the class
 * path, compiling late, and its classes from a {@link ClassArchive}.
 */
final class EngineCommand {
  /** They are for the tests, as debuggers and agents are. */
  private static final List<String> OPTIONS_IN_ENVIRONMENT =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH");

  /**
   * What is compiled at all shall be hot ten times as long as usual: nearly all of the code at the
   * start is not, and the tests need the processor. Messages of the JVM would be among the lines.
   */
  private static final List<String> OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          "-XX:CompileThresholdScaling=10",
          "-Xshare:auto",
          "-Xlog:disable",
          // By name: with SLF4J 1.7, which does without it, the class cannot be loaded.
          "-Dslf4j.provider=io.berth.testcontainers.LineLogging",
          "-Dslf4j.internal.verbosity=WARN",
          // JNA would start a program to learn where libraries are; libc is found without.
          "-Djna.platform.library.path=");

  /** Looked for in all jars when it is not named. */
  private static final String SELECTORS = "sun.nio.ch.EPollSelectorProvider";

  private final Path java;
  private final List<Path> classPath;
  private final Optional<ClassArchive> archive;

  private EngineCommand(Path java, List<Path> classPath, Optional<ClassArchive> archive) {
    this.java = java;
    this.classPath = classPath;
    this.archive = archive;
  }

  /** Empty in a native image, or where classes do not come from files. */
  static Optional<EngineCommand> find() {
    String home = System.getProperty("java.home");
    String machine = System.getProperty("java.vm.name", "");
    if (home == null || !(machine.contains("OpenJDK") || machine.contains("HotSpot"))) {
      return Optional.empty();
    }
    Path java = Path.of(home, "bin", "java");
    if (!Files.isExecutable(java)) {
      return Optional.empty();
    }
    return EngineClassPath.find()
        .map(
            path ->
                new EngineCommand(
                    java,
                    path,
                    ClassArchive.of(path, Path.of(System.getProperty("user.home"), ".cache"))));
  }

  /** Starts it, in the working directory of this JVM. Its output is one stream. */
  Process start(Class<?> main, Path directory) throws IOException {
    List<String> options = new ArrayList<>(OPTIONS);
    if (Runtime.version().feature() < 21) {
      // Jackson asks for the first day of a week, for which CLDR reads many files.
      options.add("-Djava.locale.providers=COMPAT");
    }
    if (exists(SELECTORS)) {
      options.add("-Djava.nio.channels.spi.SelectorProvider=" + SELECTORS);
    }
    options.add("-cp");
    options.add(String.join(":", classPath.stream().map(Path::toString).toList()));
    options.addAll(List.of(main.getName(), directory.toString()));
    if (archive.filter(ClassArchive::isThere).isEmpty()) {
      options.add(EngineMain.LOAD_CLASSES);
    }
    List<String> command =
        new ArrayList<>(archive.map(a -> a.use(java)).orElse(List.of(java.toString())));
    command.addAll(options);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    OPTIONS_IN_ENVIRONMENT.forEach(builder.environment()::remove);
    return builder.start();
  }

  private static boolean exists(String type) {
    try {
      Class.forName(type, false, null);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
