package io.berth.examples;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.dockerfile.Dockerfile;
import io.berth.remote.RemoteEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Has one method work with two engines: the one of this program, and the one at an address, such as
 * {@code unix:///run/berth.sock} or {@code unix:///var/run/docker.sock}. The image is built here
 * and brought there in an archive.
 */
public final class TwoEngines {
  private TwoEngines() {}

  public static void main(String[] args) throws IOException {
    Path archive = Files.createTempFile("greeting", ".tar");
    try (Engine here = Berth.open();
        Engine there = args.length > 0 ? RemoteEngine.connect(args[0]) : RemoteEngine.connect()) {
      here.images()
          .build(
              Dockerfile.from("busybox")
                  .run("echo 'built once' > /greeting")
                  .cmd("cat", "/greeting"))
          .tag("greeting:1")
          .execute();
      here.images().save("greeting:1").to(archive);
      there.images().load(archive).execute();

      System.out.print("here: " + greeting(here));
      System.out.print("there: " + greeting(there));
    } finally {
      Files.delete(archive);
    }
  }

  private static String greeting(Engine engine) {
    try (Container container = engine.containers().create("greeting:1").start()) {
      container.waitForExit();
      return container.logs().stdout();
    }
  }
}
