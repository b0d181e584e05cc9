package io.berth.remote;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.server.ApiServer;
import io.berth.testing.BusyboxImage;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/** An engine of some kind for the tests of a class, with the image {@link TestEngine#IMAGE}. */
abstract class EngineSource implements BeforeAllCallback, AfterAllCallback {
  /** The engine. */
  abstract Engine engine();

  /** Whether it is dockerd, which leaves out some things that Berth has. */
  boolean isDockerd() {
    return false;
  }

  /** One in this JVM. */
  static EngineSource embedded() {
    return new Embedded();
  }

  /** One of this JVM, on the other end of a socket. */
  static EngineSource served() {
    return new Served();
  }

  /** Docker's own; skips the tests where it is not installed. */
  static EngineSource dockerd() {
    return new Dockerd();
  }

  private static class Embedded extends EngineSource {
    final TestEngine engine = TestEngine.create();

    @Override
    Engine engine() {
      return engine.engine();
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
      engine.beforeAll(context);
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
      engine.afterAll(context);
    }
  }

  private static final class Served extends Embedded {
    private ApiServer server;
    private RemoteEngine remote;

    @Override
    Engine engine() {
      return remote;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
      super.beforeAll(context);
      server =
          ApiServer.builder(engine.engine())
              .unixSocket(engine.dataDirectory().resolve("api.sock"))
              .version("test")
              .start();
      remote = RemoteEngine.connect("unix://" + server.unixSockets().get(0));
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
      if (remote != null) {
        remote.close();
      }
      if (server != null) {
        server.close();
      }
      super.afterAll(context);
    }
  }

  /** With everything of its own, so that it disturbs no other that runs here. */
  private static final class Dockerd extends EngineSource {
    private static final Path PROGRAM = Path.of("/usr/sbin/dockerd");

    private Path directory;
    private Process process;
    private RemoteEngine remote;

    @Override
    Engine engine() {
      return remote;
    }

    @Override
    boolean isDockerd() {
      return true;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
      if (!Files.isExecutable(PROGRAM) || !System.getProperty("user.name").equals("root")) {
        throw new TestAbortedException("needs root and " + PROGRAM + ": Debian package docker.io");
      }
      byte[] rootfs = BusyboxImage.tar();
      directory = Files.createTempDirectory("berth-dockerd-");
      process =
          new ProcessBuilder(
                  PROGRAM.toString(),
                  "--host=unix://" + directory.resolve("docker.sock"),
                  "--data-root=" + directory.resolve("data"),
                  "--exec-root=" + directory.resolve("exec"),
                  "--pidfile=" + directory.resolve("pid"),
                  "--containerd-namespace=berth-test",
                  "--default-address-pool=base=10.213.0.0/16,size=24",
                  "--bridge=none",
                  "--iptables=false",
                  "--ip6tables=false",
                  "--ip-forward=false",
                  "--ip-masq=false",
                  "--group=root")
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile())
              .start();
      remote = await();
      remote
          .images()
          .importRootfs(new ByteArrayInputStream(rootfs))
          .tag(TestEngine.IMAGE)
          .change("CMD [\"sh\"]")
          .execute();
    }

    private RemoteEngine await() throws Exception {
      Path socket = directory.resolve("docker.sock");
      for (int i = 0; i < 600 && process.isAlive(); i++) {
        if (Files.exists(socket)) {
          try {
            return RemoteEngine.connect("unix://" + socket);
          } catch (io.berth.error.BerthException e) {
            // It listens in a moment.
          }
        }
        Thread.sleep(100);
      }
      String log = Files.readString(directory.resolve("log"));
      end();
      throw new TestAbortedException("dockerd does not start here: " + tail(log));
    }

    private static String tail(String log) {
      return log.substring(Math.max(0, log.length() - 2000));
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
      if (remote != null) {
        for (Container container : remote.containers().list()) {
          container.remove(true, true);
        }
        remote.networks().prune();
        remote.close();
      }
      end();
    }

    private void end() throws IOException, InterruptedException {
      if (process == null) {
        return;
      }
      process.destroy();
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      // What it has mounted it lets go of; the network namespaces of its own it may not.
      new ProcessBuilder(
              "sh",
              "-c",
              "grep -o '"
                  + directory
                  + "[^ ]*' /proc/self/mounts | sort -r | xargs -r -n1 umount -l; rm -rf "
                  + directory)
          .start()
          .waitFor();
    }
  }
}
