package io.berth.junit;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.settings.EngineSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** Starts and removes the containers of a {@link BerthTest}. */
@SuppressWarnings("deprecation") // CloseableResource: JUnit before 5.13 closes nothing else
public final class BerthExtension
    implements BeforeAllCallback,
        BeforeEachCallback,
        ParameterResolver,
        TestExecutionExceptionHandler {
  private static final Namespace NAMESPACE = Namespace.create(BerthExtension.class);
  private static final Set<Class<?>> ADDRESSES =
      Set.of(int.class, Integer.class, InetSocketAddress.class, URI.class, Socket.class);

  /** For JUnit. */
  public BerthExtension() {}

  private static final class OpenEngine implements CloseableResource, AutoCloseable {
    final Engine engine = new EngineSettings(System::getProperty).open();

    @Override
    public void close() {
      engine.close();
    }
  }

  private static final class OpenSocket implements CloseableResource, AutoCloseable {
    final Socket socket;

    OpenSocket(InetSocketAddress address) {
      try {
        socket = new Socket(address.getAddress(), address.getPort());
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot connect to " + address, e);
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static Engine engine(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(OpenEngine.class, key -> new OpenEngine(), OpenEngine.class)
        .engine;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    Store all = context.getRoot().getStore(NAMESPACE);
    Fields.ofClass(context.getRequiredTestClass())
        .forEach(
            (declaring, fields) -> {
              SharedContainers shared =
                  all.getOrComputeIfAbsent(
                      declaring, key -> new SharedContainers(), SharedContainers.class);
              remember(context, shared.acquire(engine(context), fields), shared::release);
            });
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
      Fields fields = Fields.of(instance);
      if (!fields.isEmpty()) {
        SharedContainers own = new SharedContainers();
        remember(context, own.acquire(engine(context), fields), own::release);
      }
    }
  }

  /** The store of the context closes them, however the tests end. */
  private static void remember(
      ExtensionContext context, Map<String, Container> containers, CloseableResource release) {
    Store store = context.getStore(NAMESPACE);
    store.put(new Object(), release);
    // Not each by itself: JUnit closes what it finds in a store. Those of classes around, and those
    // of the class of a test, are in the store too.
    Started known = store.get(Started.class, Started.class);
    store.put(Started.class, known == null ? new Started(containers) : known.and(containers));
  }

  /** All containers that a test may use, by their fields' names. */
  private record Started(Map<String, Container> containers) {
    Started and(Map<String, Container> more) {
      Map<String, Container> all = new LinkedHashMap<>(containers);
      all.putAll(more);
      return new Started(all);
    }
  }

  /** Adds what containers wrote that have ended meanwhile to the failure of a test. */
  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    Started known = context.getStore(NAMESPACE).get(Started.class, Started.class);
    if (known != null) {
      known
          .containers()
          .forEach((name, c) -> LastWords.of(name, c).ifPresent(failure::addSuppressed));
    }
    throw failure;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Engine.class
        || type == Container.class
        || parameter.isAnnotated(ContainerPort.class) && ADDRESSES.contains(type);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    if (type == Engine.class) {
      return engine(context);
    }
    if (type == Container.class) {
      return find(context, "");
    }
    ContainerPort wanted = parameter.findAnnotation(ContainerPort.class).orElseThrow();
    Container container = find(context, wanted.container());
    int port = Fields.published(container, wanted.value());
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    if (type == URI.class) {
      return URI.create("http://127.0.0.1:" + port);
    }
    if (type == Socket.class) {
      OpenSocket open = new OpenSocket(address);
      context.getStore(NAMESPACE).put(open, open);
      return open.socket;
    }
    return type == InetSocketAddress.class ? address : (Object) port;
  }

  private static Container find(ExtensionContext context, String name) {
    Store store = context.getStore(NAMESPACE);
    String wanted = name;
    if (wanted.isEmpty()) {
      Set<String> names = Fields.names(context.getRequiredTestClass());
      if (names.size() != 1) {
        throw new ParameterResolutionException(
            "Which container? There are "
                + names
                + "; name one with @ContainerPort(container = ...) or use its field");
      }
      wanted = names.iterator().next();
    }
    Started known = store.get(Started.class, Started.class);
    Container found = known == null ? null : known.containers().get(wanted);
    if (found == null) {
      throw new ParameterResolutionException(
          "No container \"" + wanted + "\": name a @BerthContainer field of this class");
    }
    return found;
  }
}
