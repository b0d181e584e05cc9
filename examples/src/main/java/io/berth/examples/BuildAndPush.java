package io.berth.examples;

import io.berth.Berth;
import io.berth.api.ContextSource;
import io.berth.api.Engine;
import io.berth.oci.Reference;
import io.berth.registry.server.RegistryServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A build tool: builds an image from files in memory and pushes it to a registry. */
public final class BuildAndPush {
  private static final String DOCKERFILE =
      """
      FROM busybox
      COPY app.sh /app.sh
      CMD ["sh", "/app.sh"]
      """;

  private BuildAndPush() {}

  public static void main(String[] args) throws IOException {
    Map<String, byte[]> files =
        Map.of("Dockerfile", bytes(DOCKERFILE), "app.sh", bytes("echo made in memory\n"));
    Path directory = Files.createTempDirectory("registry-");
    try (Engine berth = Berth.open();
        RegistryServer registry = RegistryServer.builder().directory(directory).start()) {
      String name = registry.address() + "/team/app:1";

      berth.images().build(ContextSource.files(files)).tag(name).execute();
      Reference pushed = berth.images().push(name).execute();

      System.out.println(
          "pushed team/app:1 " + (pushed.digest().isPresent() ? "with its digest" : ""));
      System.out.println("tags " + berth.images().remoteTags(registry.address() + "/team/app"));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
