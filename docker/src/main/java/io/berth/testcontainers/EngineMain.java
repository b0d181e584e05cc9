package io.berth.testcontainers;

import io.berth.server.wire.WireJson;
import io.berth.settings.EngineSettings;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The program of {@link EngineProcess}. It reads the properties of its parent from standard input,
 * when an engine is wanted its settings, then commands; the input ends when the parent does,
 * whichever way, and so does this program after it has cleaned up. What it has to say are lines on
 * standard output; all others are for the log.
 */
final class EngineMain {
  /** The socket is there. */
  static final String LISTENING = "berth-engine listening";

  /** Clients are answered. */
  static final String SERVING = "berth-engine serving";

  /** The engine cannot be opened; the reason follows. */
  static final String FAILED = "berth-engine failed ";

  /** An argument: classes are not there yet, so load them before they are needed. */
  static final String LOAD_CLASSES = "load-classes";

  /** The command {@link #CLEAN_UP} is done. */
  static final String CLEAN = "berth-engine clean";

  /** The parent is about to end and waits for this. */
  static final int CLEAN_UP = 'c';

  private static final long PATIENCE_SECONDS = 60;

  private final DataInputStream in;
  private final PrintStream out;
  private final Path directory;
  private final boolean loadClasses;
  private final CountDownLatch wanted = new CountDownLatch(1);

  private EngineMain(DataInputStream in, PrintStream out, Path directory, boolean loadClasses) {
    this.in = in;
    this.out = out;
    this.directory = directory;
    this.loadClasses = loadClasses;
  }

  /**
   * @param args the directory of the socket, which is removed at the end, and maybe {@link
   *     #LOAD_CLASSES}
   */
  public static void main(String[] args) throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    // A signal to all processes of a terminal, as Ctrl-C, ends the parent as well; so this one ends
    // as soon as the parent has.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> await(done), "berth-testcontainers-end"));
    int code = 1;
    try {
      code =
          new EngineMain(
                  new DataInputStream(System.in),
                  System.out,
                  Path.of(args[0]),
                  List.of(args).contains(LOAD_CLASSES))
              .run();
    } finally {
      done.countDown();
      System.exit(code);
    }
  }

  private static void await(CountDownLatch done) {
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int run() throws IOException {
    ServerSocketChannel socket = EmbeddedEngine.listen(directory);
    say(LISTENING);
    EmbeddedEngine engine;
    try {
      takeProperties();
      StartupClasses.initialise();
      endUnlessWanted();
      takeProperties();
      wanted.countDown();
    } catch (EOFException e) {
      EmbeddedEngine.remove(directory);
      return 1; // nor shall its few classes be kept for later ones
    }
    try {
      engine = EmbeddedEngine.start(new EngineSettings(System::getProperty), directory, socket);
    } catch (RuntimeException | Error e) {
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      say(FAILED + reason.replace('\n', ' '));
      return 1;
    }
    say(SERVING);
    Thread ahead = new Thread(this::prepare, "berth-testcontainers-ahead");
    ahead.setDaemon(true);
    ahead.start();
    while (in.read() == CLEAN_UP) {
      engine.cleanUp();
      say(CLEAN);
    }
    engine.cleanUp();
    EmbeddedEngine.remove(directory);
    return 0;
  }

  /** It was started because an engine was likely to be wanted. */
  private void endUnlessWanted() {
    Thread patience =
        new Thread(
            () -> {
              if (!within(PATIENCE_SECONDS, wanted)) {
                EmbeddedEngine.remove(directory);
                Runtime.getRuntime().halt(0);
              }
            },
            "berth-testcontainers-patience");
    patience.setDaemon(true);
    patience.start();
  }

  private static boolean within(long seconds, CountDownLatch latch) {
    try {
      return latch.await(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** The first container shall not wait for what can be done before. */
  private void prepare() {
    WireJson.prepare();
    if (loadClasses) {
      StartupClasses.ENGINE.load();
    }
  }

  /** They come this way, as others can read a command line, and some are passwords. */
  private void takeProperties() throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      System.setProperty(in.readUTF(), in.readUTF());
    }
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }
}
