package io.berth;

import io.berth.api.Engine;
import java.nio.file.Path;

/**
 * The way in: opens engines.
 *
 * <pre>{@code
 * try (Engine berth = Berth.open()) {
 *   Image image = berth.images().build(Path.of("app")).tag("app").execute();
 *   try (Container app = berth.containers().create(image).start()) {
 *     System.exit(app.waitForExit());
 *   }
 * }
 * }</pre>
 */
public final class Berth {
  private Berth() {}

  /** Opens the engine of the default data directory. */
  public static Engine open() {
    return builder().open();
  }

  /** Opens the engine of a data directory, which is made when it is not there. */
  public static Engine open(Path dataDirectory) {
    return builder().dataDirectory(dataDirectory).open();
  }

  /** For an engine with options. */
  public static EngineBuilder builder() {
    return new EngineBuilder();
  }

  static Path defaultDirectory() {
    String root = System.getenv("BERTH_ROOT");
    if (root != null && !root.isEmpty()) {
      return Path.of(root);
    }
    if (System.getProperty("user.name").equals("root")) {
      return Path.of("/var/lib/berth");
    }
    String data = System.getenv("XDG_DATA_HOME");
    return data != null && data.startsWith("/")
        ? Path.of(data, "berth")
        : Path.of(System.getProperty("user.home"), ".local", "share", "berth");
  }
}
