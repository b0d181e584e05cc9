package io.berth.testcontainers;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.testing.BusyboxImage;
import io.berth.testing.TestAccess;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/**
 * Testcontainers, which is one for the JVM, on an engine with a directory of its own and the image
 * {@link #BUSYBOX}. It goes with the last test of the JVM.
 */
public final class Offline implements BeforeAllCallback {
  public static final String BUSYBOX = "busybox:1.36";

  private Engine engine;

  @Override
  public void beforeAll(ExtensionContext context) {
    engine = engine(context);
  }

  /** The one of the class whose static field has this extension. */
  Engine engine() {
    return engine;
  }

  /** A second engine on the directory, to see what Testcontainers does to the first. */
  static Engine engine(ExtensionContext context) {
    // Of the session, for tests that have failed run again after the others, in the same JVM.
    return context
        .getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(Offline.class))
        .getOrComputeIfAbsent(Data.class, key -> new Data(), Data.class)
        .engine;
  }

  /** Where the engine of Testcontainers keeps everything. */
  static Path root() {
    return Path.of(System.getProperty("berth.root"));
  }

  @SuppressWarnings("deprecation")
  private static final class Data implements CloseableResource, AutoCloseable {
    private final Path directory;
    private final Engine engine;

    Data() {
      byte[] rootfs = BusyboxImage.tar();
      try {
        directory = Files.createTempDirectory("berth-tc-test-");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      engine = Berth.open(directory);
      engine
          .images()
          .importRootfs(new ByteArrayInputStream(rootfs))
          .tag(BUSYBOX)
          .change("CMD [\"sh\"]")
          .execute();
      // Testcontainers looks with it whether files can be mounted; it would try to pull it for
      // long.
      engine.images().tag(BUSYBOX, "alpine:3.17");
      System.setProperty("berth.root", directory.toString());
      System.setProperty("berth.testcontainers", "true");
    }

    @Override
    public void close() throws IOException {
      for (Container container : engine.containers().list()) {
        container.remove(true, true);
      }
      engine
          .networks()
          .list()
          .forEach(
              n -> {
                if (!Set.of("bridge", "host", "none").contains(n.name())) {
                  n.remove();
                }
              });
      engine.close();
      TestAccess.remove(directory);
    }
  }
}
