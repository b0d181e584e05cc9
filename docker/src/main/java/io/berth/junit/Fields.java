package io.berth.junit;

import io.berth.api.Container;
import io.berth.api.PublishedPort;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** The fields of a class, or of one of its instances, that are to hold containers. */
final class Fields {
  private final List<Field> fields;
  private final Object instance;

  private Fields(List<Field> fields, Object instance) {
    this.fields = fields;
    this.instance = instance;
  }

  /** The fields of an instance, those of its superclasses first. */
  static Fields of(Object instance) {
    return new Fields(
        find(instance.getClass(), f -> !Modifier.isStatic(f.getModifiers())), instance);
  }

  /** The static fields by the class that declares them, a superclass before its subclasses. */
  static Map<Class<?>, Fields> ofClass(Class<?> type) {
    Map<Class<?>, List<Field>> found = new LinkedHashMap<>();
    for (Field field : find(type, f -> Modifier.isStatic(f.getModifiers()))) {
      found.computeIfAbsent(field.getDeclaringClass(), c -> new ArrayList<>()).add(field);
    }
    Map<Class<?>, Fields> fields = new LinkedHashMap<>();
    found.forEach((declaring, list) -> fields.put(declaring, new Fields(list, null)));
    return fields;
  }

  /** The names of all such fields of a class and of those around it. */
  static Set<String> names(Class<?> type) {
    Set<String> names = new LinkedHashSet<>();
    Class<?> at = type;
    while (at != null) {
      find(at, f -> true).forEach(f -> names.add(f.getName()));
      // The tests of a static class do not run inside those of the class around it.
      at = Modifier.isStatic(at.getModifiers()) ? null : at.getEnclosingClass();
    }
    return names;
  }

  private static List<Field> find(Class<?> type, Predicate<Field> which) {
    return AnnotationSupport.findAnnotatedFields(
        type, BerthContainer.class, which, HierarchyTraversalMode.TOP_DOWN);
  }

  boolean isEmpty() {
    return fields.isEmpty();
  }

  void forEach(BiConsumer<String, BerthContainer> action) {
    for (Field field : fields) {
      if (field.getType() != Container.class || Modifier.isFinal(field.getModifiers())) {
        throw new ExtensionConfigurationException(
            field
                + " cannot hold a container: make its type "
                + Container.class.getName()
                + ", and not final");
      }
      action.accept(field.getName(), field.getAnnotation(BerthContainer.class));
    }
  }

  void set(Map<String, Container> values) {
    for (Field field : fields) {
      try {
        field.setAccessible(true);
        field.set(instance, values.get(field.getName()));
      } catch (IllegalAccessException e) {
        throw new ExtensionConfigurationException("Cannot set " + field, e);
      }
    }
  }

  static int published(Container container, int port) {
    return container.ports().stream()
        .filter(p -> p.containerPort() == port)
        .map(PublishedPort::hostPort)
        .findFirst()
        .orElseThrow(
            () ->
                new ParameterResolutionException(
                    "Port "
                        + port
                        + " of "
                        + container.name()
                        + " is not published: add it to"
                        + " @BerthContainer(ports = ...)"));
  }
}
