package io.berth.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The jars are modules on a module path: each has a name of its own, and packages of its own. */
class ModulesTest {
  private static final List<String> MODULES = List.of("oci", "layers", "net", "core", "docker");

  private static Set<ModuleDescriptor> descriptors() {
    Path[] jars =
        MODULES.stream()
            .map(m -> Path.of("..", m, "target/berth-" + m + "-0.1.0-SNAPSHOT.jar"))
            .toArray(Path[]::new);
    for (Path jar : jars) {
      assumeTrue(Files.exists(jar), "needs the jars, which mvn package makes: " + jar);
    }
    return ModuleFinder.of(jars).findAll().stream()
        .map(ModuleReference::descriptor)
        .collect(Collectors.toSet());
  }

  @Test
  void eachJarHasItsName() {
    assertThat(descriptors())
        .extracting(ModuleDescriptor::name)
        .containsExactlyInAnyOrderElementsOf(MODULES.stream().map(m -> "io.berth." + m).toList());
  }

  @Test
  void noPackageIsInTwo() {
    Map<String, String> of = new HashMap<>();
    for (ModuleDescriptor module : descriptors()) {
      for (String name : module.packages()) {
        assertThat(of.put(name, module.name())).as(name + " in " + module.name()).isNull();
      }
    }
    assertThat(of).containsKeys("io.berth.api", "io.berth.testcontainers", "io.berth.oci");
  }

  @Test
  void theServicesOfTheModulesAreProvided() {
    ModuleDescriptor docker =
        descriptors().stream().filter(m -> m.name().equals("io.berth.docker")).findFirst().get();

    assertThat(docker.provides())
        .extracting(ModuleDescriptor.Provides::providers)
        .contains(List.of("io.berth.testcontainers.BerthClientProviderStrategy"));
  }
}
