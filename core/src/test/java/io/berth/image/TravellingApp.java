package io.berth.image;

import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.dockerfile.Dockerfile;
import io.berth.testing.TestEngine;

/** An image of several layers, with a whiteout, a link and special rights, to send elsewhere. */
final class TravellingApp {
  static final String NAME = "app:1";

  private TravellingApp() {}

  /** Builds it; its command prints "more". */
  static Image build(Engine engine) {
    return engine
        .images()
        .build(
            Dockerfile.from(TestEngine.IMAGE)
                .run("mkdir -p /data && echo kept > /data/f && rm /bin/vi")
                .run("echo more > /data/g && ln -s g /data/h && chmod 4755 /bin/ls")
                .cmd("cat", "/data/h"))
        .tag(NAME)
        .execute();
  }
}
