package io.berth.cli;

import io.berth.api.Container;
import io.berth.api.Containers;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.Images;
import io.berth.api.Storage;
import io.berth.error.NotFoundException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An engine that writes down what it is asked for, and answers what a test has prepared. */
public final class FakeEngine {
  /** The calls of requests and services that have no answer of their own, in order. */
  final List<String> calls = new ArrayList<>();

  final Map<String, Object> answers = new LinkedHashMap<>();
  final List<Container> containers = new ArrayList<>();
  final List<Image> images = new ArrayList<>();
  boolean closed;

  /** The engine that answers as this does. */
  Engine engine() {
    return Fakes.of(Engine.class, this);
  }

  public Images images() {
    answers.putIfAbsent("Images.list", images);
    // Every image is there.
    answers.putIfAbsent("Images.find", Optional.of(images));
    return recorder(Images.class);
  }

  public Containers containers() {
    answers.put("Containers.list", containers);
    return recorder(Containers.class);
  }

  public Storage storage() {
    return recorder(Storage.class);
  }

  public Path dataDirectory() {
    return Path.of("/data");
  }

  public List<String> warnings() {
    return List.of("no overlay");
  }

  public void close() {
    closed = true;
  }

  /**
   * Answers with what is prepared under {@code Type.method}; a method of a service that looks for a
   * container looks in the list; a request returns itself, or another recorder.
   */
  <T> T recorder(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, args) -> answer(type, proxy, method, args)));
  }

  private Object answer(Class<?> type, Object proxy, Method method, Object[] args)
      throws Throwable {
    List<Object> list = args == null ? List.of() : Arrays.asList(args);
    String key = type.getSimpleName() + "." + method.getName();
    if (method.isDefault() && !answers.containsKey(key)) {
      return InvocationHandler.invokeDefault(proxy, method, args);
    }
    if (type == Containers.class && (method.getName().matches("get|find"))) {
      Optional<Container> found =
          containers.stream().filter(c -> c.name().equals(list.get(0))).findFirst();
      return method.getName().equals("find")
          ? found
          : found.orElseThrow(() -> new NotFoundException("No such container: " + list.get(0)));
    }
    if (!method.getName().equals("list")) {
      calls.add(method.getName() + list);
    }
    Object answer = answers.get(key);
    if (answer instanceof RuntimeException e) {
      throw e;
    }
    if (answer != null) {
      return answer;
    }
    return method.getReturnType() == type ? proxy : recorder(method.getReturnType());
  }
}
