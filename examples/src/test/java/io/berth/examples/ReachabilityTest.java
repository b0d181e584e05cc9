package io.berth.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What GraalVM's native-image is told of each module ({@code META-INF/native-image}) is what the
 * module has: classes that JNA, Jackson, picocli and service loaders find by reflection, and
 * resources. {@code main} writes the files.
 */
class ReachabilityTest {
  private static final String ALL =
      "\"allDeclaredConstructors\": true, \"allDeclaredMethods\": true, \"allDeclaredFields\":"
          + " true";

  @ParameterizedTest
  @ValueSource(strings = {"oci", "layers", "net", "core", "docker"})
  void namesWhatTheModuleFindsByReflection(String module) throws IOException {
    assertThat(file(module))
        .as("run the main method of this test in the directory examples, it writes the file")
        .content()
        .isEqualTo(metadata(module));
  }

  private static Path file(String module) {
    return Path.of(
        "..",
        module,
        "src/main/resources/META-INF/native-image/io.berth/berth-" + module,
        "reachability-metadata.json");
  }

  private static String metadata(String module) throws IOException {
    Path classes = Path.of("..", module, "target/classes");
    TreeSet<String> reflection = new TreeSet<>();
    for (JavaClass type : new ClassFileImporter().importPath(classes)) {
      add(type, reflection);
    }
    TreeSet<String> resources = new TreeSet<>();
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path path : files.filter(Files::isRegularFile).toList()) {
        // For which machines there are launchers depends on the compilers of this host.
        String name =
            classes.relativize(path).toString().replaceFirst("(berth-launcher-).*", "$1*");
        if (name.startsWith("META-INF/services/")) {
          for (String provider : Files.readAllLines(path)) {
            reflection.add(entry(provider.strip(), "\"allDeclaredConstructors\": true"));
          }
        }
        if (!name.endsWith(".class") && !name.startsWith("META-INF/native-image/")) {
          resources.add("    {\"glob\": \"" + name + "\"}");
        }
      }
    }
    return "{\n  \"reflection\": [\n"
        + String.join(",\n", reflection)
        + "\n  ],\n  \"resources\": [\n"
        + String.join(",\n", resources)
        + "\n  ]\n}\n";
  }

  private static void add(JavaClass type, TreeSet<String> reflection) {
    if (type.isAssignableTo("com.sun.jna.Library")) {
      reflection.add("    {\"type\": {\"proxy\": [\"" + type.getName() + "\"]}}");
      reflection.add(entry(type.getName(), ALL));
    } else if (type.isAssignableTo("com.sun.jna.Structure")) {
      reflection.add(entry(type.getName(), ALL));
    } else if (type.getMethods().stream()
        .anyMatch(m -> m.getModifiers().contains(JavaModifier.NATIVE))) {
      reflection.add(entry(type.getName(), ALL + ", \"jniAccessible\": true"));
    } else if (type.getPackageName().equals("io.berth.server.wire")
        && !type.isAnonymousClass()
        && !type.getSimpleName().equals("package-info")) {
      reflection.add(entry(type.getName(), ALL));
    } else if (usesPicocli(type)) {
      reflection.add(entry(type.getName(), ALL));
    }
  }

  private static boolean usesPicocli(JavaClass type) {
    return Stream.of(
            type.getAnnotations().stream(),
            type.getFields().stream().flatMap(f -> f.getAnnotations().stream()),
            type.getMethods().stream().flatMap(m -> m.getAnnotations().stream()))
        .flatMap(s -> s)
        .anyMatch(a -> a.getRawType().getPackageName().startsWith("picocli"));
  }

  private static String entry(String type, String rest) {
    return "    {\"type\": \"" + type + "\", " + rest + "}";
  }

  /** Writes the files, to be called in the directory of this module. */
  public static void main(String[] args) {
    List.of("oci", "layers", "net", "core", "docker")
        .forEach(
            module -> {
              try {
                Files.createDirectories(file(module).getParent());
                Files.writeString(file(module), metadata(module));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }
}
