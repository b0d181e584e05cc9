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

/** Starts and removes the containers of a {@link BerthTest}. */
@SuppressWarnings("deprecation") // CloseableResource: JUnit before 5.13 closes nothing else
public final class BerthExtension
    implements BeforeAllCallback, BeforeEachCallback, ParameterResolver {
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
    start(context, context.getRequiredTestClass(), null);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
      start(context, instance.getClass(), instance);
    }
  }

  /** The store of the context closes them, however the tests end. */
  private static void start(ExtensionContext context, Class<?> type, Object instance) {
    Fields fields = Fields.of(type, instance);
    if (!fields.isEmpty()) {
      StartedContainers started = new StartedContainers(engine(context));
      context.getStore(NAMESPACE).put(new Object(), started);
      Map<String, Container> containers = started.start(fields);
      containers.forEach((name, c) -> context.getStore(NAMESPACE).put(name, c));
    }
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
    Container found = store.get(wanted, Container.class);
    if (found == null) {
      throw new ParameterResolutionException(
          "No container \"" + wanted + "\": name a @BerthContainer field of this class");
    }
    return found;
  }
}
