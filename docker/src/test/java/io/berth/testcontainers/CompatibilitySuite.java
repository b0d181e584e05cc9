package io.berth.testcontainers;

import io.berth.junit.BerthExtensionIT;
import io.berth.rootless.OrdinaryTests;
import io.berth.rootless.RunTests;
import java.util.Arrays;
import java.util.List;

/**
 * The classes of the list in {@code docker/TESTCONTAINERS.md}. {@code main} runs them, or others,
 * on this class path, as {@code script/testcontainers-matrix} does for each version and JDK.
 */
final class CompatibilitySuite {
  static final List<Class<?>> CLASSES =
      List.of(
          GenericContainerIT.class,
          LifecycleIT.class,
          WaitIT.class,
          NetworksIT.class,
          FilesIT.class,
          ImagesIT.class,
          LogsIT.class,
          ReuseIT.class,
          NginxIT.class,
          ComposeIT.class,
          SelectionIT.class,
          SettingsFromEnvironmentIT.class,
          CleanUpIT.class,
          BerthExtensionIT.class);

  private CompatibilitySuite() {}

  /**
   * Runs tests and prints how each ended.
   *
   * @param arguments {@code root} or {@code ordinary}, whose tests they are; then names of classes,
   *     none for all
   */
  public static void main(String[] arguments) throws Exception {
    List<String> names = Arrays.asList(arguments).subList(1, arguments.length);
    List<String> classes = names.isEmpty() ? CLASSES.stream().map(Class::getName).toList() : names;
    switch (arguments[0]) {
      case "root" -> RunTests.main(classes.toArray(String[]::new));
      case "ordinary" -> System.out.print(OrdinaryTests.output(RunTests.class, classes));
      default -> throw new IllegalArgumentException(arguments[0] + ": use root or ordinary");
    }
  }
}
