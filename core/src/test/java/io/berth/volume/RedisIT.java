package io.berth.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.api.Container;
import io.berth.api.Engine;
import io.berth.api.Wait;
import io.berth.testing.HostProgram;
import io.berth.testing.TestEngine;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real database on a named volume. */
class RedisIT {
  @RegisterExtension static final TestEngine FIXTURE = TestEngine.create();

  @BeforeAll
  static void importRedis() {
    byte[] tar =
        HostProgram.tar(
            "redis-server", Path.of("/usr/bin/redis-server"), Path.of("/usr/bin/redis-cli"));
    FIXTURE
        .engine()
        .images()
        .importRootfs(new ByteArrayInputStream(tar))
        .tag("redis")
        .change("ENTRYPOINT [\"redis-server\"]")
        .change("WORKDIR /data")
        .change("VOLUME /data")
        .execute();
  }

  @Test
  void dataIsThereAfterTheServerWasKilled() {
    Engine engine = FIXTURE.engine();
    for (int run = 0; run < 3; run++) {
      try (Container redis =
          engine
              .containers()
              .create("redis")
              .command("--appendonly", "yes", "--appendfsync", "always", "--save", "")
              .volume("redis-data", "/data")
              .start()) {
        redis.waitFor(Wait.forLog("Ready to accept connections"));
        for (int i = 0; i < run * 10; i++) {
          assertThat(redis.exec("redis-cli", "get", "key" + i).execute().stdout().strip())
              .isEqualTo("value" + i);
        }
        for (int i = run * 10; i < (run + 1) * 10; i++) {
          assertThat(
                  redis.exec("redis-cli", "set", "key" + i, "value" + i).execute().stdout().strip())
              .isEqualTo("OK");
        }
        redis.kill("KILL");
        assertThat(redis.waitForExit()).isEqualTo(137);
      }
    }
    assertThat(engine.volumes().list()).hasSize(1);
  }
}
