package io.berth.testing;

import io.berth.Berth;
import io.berth.EngineBuilder;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.runtime.userns.Credentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * An engine on a temporary directory, with the image {@link #IMAGE}; skips the tests where one is
 * not possible. In a static field it is one engine for the class, else one for each test.
 *
 * <pre>{@code
 * @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();
 * }</pre>
 */
public final class TestEngine
    implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
  /** Busybox, with its applets in {@code /bin}. */
  public static final String IMAGE = "busybox:test";

  private byte[] rootfs = {};
  private Path directory;
  private Engine engine;
  private boolean shared;

  private final UnaryOperator<EngineBuilder> options;

  private TestEngine(UnaryOperator<EngineBuilder> options) {
    this.options = options;
  }

  public static TestEngine create() {
    return with(builder -> builder);
  }

  /** One that is opened with more options. */
  public static TestEngine with(UnaryOperator<EngineBuilder> options) {
    return new TestEngine(options);
  }

  /** One whose containers are set up by a launcher; skips the tests where it is not installed. */
  public static TestEngine withLauncher(String name) {
    return with(
        builder -> {
          boolean there =
              name.equals("native")
                  || Stream.of("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin")
                      .anyMatch(directory -> Files.isExecutable(Path.of(directory, name)));
          if (!there) {
            throw new TestAbortedException("needs the Debian package " + name);
          }
          return builder.launcher(name);
        });
  }

  /** One more engine on the same directory, to be closed by the caller. */
  public Engine open(Path data) {
    EngineBuilder builder = Berth.builder().dataDirectory(data);
    String driver = System.getProperty("berth.test.snapshotter");
    return options.apply(driver == null ? builder : builder.snapshotter(driver)).open();
  }

  public Engine engine() {
    return engine;
  }

  /** Makes a container of {@link #IMAGE} that will run a script. */
  public Container shell(String script) {
    return engine().containers().create(IMAGE).command("sh", "-c", script).create();
  }

  /** Runs a script to its end and gives what it wrote to stdout. */
  public String outputOf(String script) {
    try (Container c = shell(script)) {
      c.start();
      c.waitForExit();
      return c.logs().stdout();
    }
  }

  /** Whether containers run in a user namespace, as they do for others than root. */
  public boolean isRootless() {
    return !Credentials.own().isPrivileged();
  }

  /** Skips a test where containers have no control groups. */
  public void assumeLimits() {
    engine.warnings().stream()
        .filter(warning -> warning.contains("no limits"))
        .findFirst()
        .ifPresent(
            warning -> {
              throw new TestAbortedException(warning);
            });
  }

  public Path dataDirectory() {
    return directory;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    shared = true;
    open();
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    if (!shared) {
      open();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    if (!shared) {
      close();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    close();
  }

  private void open() throws IOException {
    rootfs = BusyboxImage.tar();
    directory = Files.createTempDirectory("berth-test-");
    try {
      engine = open(directory);
      importImage();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Imports {@link #IMAGE}, as it was done at the start. */
  public void importImage() {
    engine
        .images()
        .importRootfs(new ByteArrayInputStream(rootfs))
        .tag(IMAGE)
        .change("CMD [\"sh\"]")
        .execute();
  }

  private void close() throws IOException {
    if (directory == null) {
      return;
    }
    try {
      if (engine != null) {
        for (Container container : engine.containers().list()) {
          container.remove(true);
        }
        engine.close();
      }
    } finally {
      engine = null;
      TestAccess.remove(directory);
      directory = null;
    }
  }
}
