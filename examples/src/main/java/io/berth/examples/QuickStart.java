package io.berth.examples;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.dockerfile.Dockerfile;

/** Composes a Dockerfile, builds it, runs it, and prints its output and exit code. */
public final class QuickStart {
  private QuickStart() {}

  public static void main(String[] args) {
    // README: begin
    try (Engine berth = Berth.open()) {
      Dockerfile dockerfile =
          Dockerfile.from("busybox")
              .run("echo 'made by a build step' > /greeting")
              .env("NAME", "Berth")
              .cmd("sh", "-c", "cat /greeting; echo \"hello from $NAME\"; exit 3");
      Image image = berth.images().build(dockerfile).tag("hello").execute();

      try (Container hello = berth.containers().create(image).memory("64m").start()) {
        int code = hello.waitForExit();
        System.out.print(hello.logs().stdout());
        System.out.println("exit code " + code);
      }
    }
    // README: end
  }
}
