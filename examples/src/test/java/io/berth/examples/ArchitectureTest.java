package io.berth.examples;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds what the design says about modules and packages, over the classes of all modules. */
class ArchitectureTest {
  private static final Pattern MODULE = Pattern.compile("/([a-z]+)/target/");

  /** What each module may use, besides itself. */
  private static final Map<String, Set<String>> LAYERS =
      Map.of(
          "oci", Set.of(),
          "layers", Set.of("oci"),
          "net", Set.of("oci"),
          "core", Set.of("oci", "layers", "net"),
          "docker", Set.of("oci", "layers", "net", "core"),
          "examples", Set.of("oci", "layers", "net", "core", "docker"));

  private static JavaClasses classes;

  @BeforeAll
  static void importClasses() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(location -> !location.contains("/test-classes/"))
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("io.berth");
  }

  private static Optional<String> module(JavaClass type) {
    return type.getSource()
        .map(source -> MODULE.matcher(source.getUri().toString()))
        .filter(Matcher::find)
        .map(match -> match.group(1));
  }

  @Test
  void allModulesAreHere() {
    Set<String> found = new TreeSet<>();
    classes.forEach(type -> module(type).ifPresent(found::add));

    assertThat(found).isEqualTo(new TreeSet<>(LAYERS.keySet()));
  }

  @Test
  void aPackageIsInOneModule() {
    Map<String, Set<String>> modules = new TreeMap<>();
    for (JavaClass type : classes) {
      module(type)
          .ifPresent(
              m -> modules.computeIfAbsent(type.getPackageName(), p -> new TreeSet<>()).add(m));
    }

    assertThat(modules).allSatisfy((name, of) -> assertThat(of).as(name).hasSize(1));
  }

  @Test
  void modulesUseTheOnesBelow() {
    classes()
        .should(
            dependOnlyWhere(
                "use only the modules below",
                (from, to) -> from.equals(to) || LAYERS.get(from).contains(to)))
        .check(classes);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.berth.(**)").should().beFreeOfCycles().check(classes);
  }

  @Test
  void onlyLinuxPackagesUseJna() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.berth..linux")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.sun.jna..")
        .check(classes);
  }

  @Test
  void internalPackagesAreForTheirModule() {
    ArchCondition<JavaClass> condition =
        new ArchCondition<>("use internal packages of their own module only") {
          @Override
          public void check(JavaClass type, ConditionEvents events) {
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
              JavaClass target = dependency.getTargetClass();
              boolean internal = (target.getPackageName() + ".").contains(".internal.");
              if (internal && target.getPackageName().startsWith("io.berth")) {
                report(events, dependency, module(type).equals(module(target)));
              }
            }
          }
        };

    classes().should(condition).check(classes);
  }

  private static ArchCondition<JavaClass> dependOnlyWhere(
      String description, BiPredicate<String, String> allowed) {
    return new ArchCondition<>(description) {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          Optional<String> from = module(type);
          Optional<String> to = module(dependency.getTargetClass());
          if (from.isPresent() && to.isPresent()) {
            report(events, dependency, allowed.test(from.get(), to.get()));
          }
        }
      }
    };
  }

  private static void report(ConditionEvents events, Dependency dependency, boolean allowed) {
    events.add(new SimpleConditionEvent(dependency, allowed, dependency.getDescription()));
  }
}
