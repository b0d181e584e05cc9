package io.berth.testcontainers;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.DockerComposeContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * Compose by a program of this host or in a container. Testcontainers 1 has a setting for that, and
 * images of its own choice; with 2 it depends on whether an image is named.
 */
final class Composes {
  private Composes() {}

  @SuppressWarnings("deprecation")
  static DockerComposeContainer<?> first(boolean here, String name, File... files) {
    return make(DockerComposeContainer.class, "docker/compose:1.29.2", here, name, files);
  }

  static ComposeContainer second(boolean here, String name, File... files) {
    return make(ComposeContainer.class, "docker:24.0.2", here, name, files);
  }

  private static <T> T make(Class<T> type, String image, boolean here, String name, File... files) {
    try {
      if (!here && isSecondVersion(type)) {
        return type.getConstructor(DockerImageName.class, String.class, File[].class)
            .newInstance(DockerImageName.parse(image), name, files);
      }
      T compose = type.getConstructor(String.class, File[].class).newInstance(name, files);
      if (!isSecondVersion(type)) {
        type.getMethod("withLocalCompose", boolean.class).invoke(compose, here);
      }
      return compose;
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isSecondVersion(Class<?> type) {
    for (var constructor : type.getConstructors()) {
      if (constructor.getParameterTypes()[0] == DockerImageName.class) {
        return true;
      }
    }
    return false;
  }
}
