package io.berth.registry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.berth.Berth;
import io.berth.api.ContextSource;
import io.berth.api.Engine;
import io.berth.api.Image;
import io.berth.api.Progress;
import io.berth.api.Provenance;
import io.berth.error.BerthException;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.oci.MediaTypes;
import io.berth.oci.Reference;
import io.berth.registry.CredentialSource;
import io.berth.registry.Credentials;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Build caches and layouts on their way between engines. */
class BuildCacheIT {
  private static final Map<String, byte[]> CONTEXT =
      Map.of(
          "Dockerfile",
          "FROM scratch AS one\nCOPY a /a\nFROM scratch\nCOPY --from=one /a /b\nCOPY a /c\n"
              .getBytes(StandardCharsets.UTF_8),
          "a",
          "content".getBytes(StandardCharsets.UTF_8));

  @TempDir Path directory;

  @Test
  void cacheTravelsThroughARegistryWithTheCredentialsOfTheBuild() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root");
    try (RegistryServer registry =
            RegistryServer.builder()
                .directory(directory.resolve("registry"))
                .basicAuth("builder", "s3cret")
                .start();
        Engine first = Berth.open(directory.resolve("first"));
        Engine second = Berth.open(directory.resolve("second"))) {
      String cache = "type=registry,ref=" + registry.address() + "/app:cache";
      CredentialSource own =
          asked ->
              Optional.of(asked)
                  .filter(registry.address()::equals)
                  .map(any -> Credentials.password("builder", "s3cret"));
      assertThatThrownBy(
              () -> first.images().build(ContextSource.files(CONTEXT)).cacheTo(cache).execute())
          .isInstanceOf(BerthException.class);
      Image image =
          first
              .images()
              .build(ContextSource.files(CONTEXT))
              .credentials(own)
              .cacheTo(cache + ",mode=max")
              .execute();
      List<Boolean> cached = new ArrayList<>();

      Image again =
          second
              .images()
              .build(ContextSource.files(CONTEXT))
              .credentials(own)
              .cacheFrom(cache)
              .progress(
                  event -> {
                    if (event instanceof Progress.StepFinished step) {
                      cached.add(step.cached());
                    }
                  })
              .execute();

      assertThat(cached).doesNotContain(false);
      assertThat(again.config().diffIds()).isEqualTo(image.config().diffIds());
    }
  }

  @Test
  void layoutIsANamedContext() {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root");
    try (Engine first = Berth.open(directory.resolve("first"));
        Engine second = Berth.open(directory.resolve("second"))) {
      first.images().build(ContextSource.files(CONTEXT)).tag("made:1").execute();
      first.images().save("made:1").toLayout(directory.resolve("layout"));

      Image image =
          second
              .images()
              .build(
                  ContextSource.tar(
                      new ByteArrayInputStream(
                          "FROM base\nENV A=b\n".getBytes(StandardCharsets.UTF_8))))
              .buildContext(
                  "base", ContextSource.parse("oci-layout://" + directory.resolve("layout") + ":1"))
              .execute();

      assertThat(image.config().diffIds()).hasSize(2);
      assertThat(image.config().config().envMap()).containsEntry("A", "b");
    }
  }

  @Test
  void whereAnImageComesFromIsPushedBesideIt() throws Exception {
    assumeTrue(System.getProperty("user.name").equals("root"), "needs root");
    try (RegistryServer registry =
            RegistryServer.builder().directory(directory.resolve("registry")).start();
        Engine first = Berth.open(directory.resolve("first"));
        Engine second = Berth.open(directory.resolve("second"))) {
      String name = registry.address() + "/app:1";
      Image image =
          first
              .images()
              .build(ContextSource.files(CONTEXT))
              .provenance(Provenance.MAX)
              .tag(name)
              .execute();
      Reference pushed = first.images().push(name).execute();

      JsonReader index = get(registry, "manifests/1", MediaTypes.OCI_INDEX);
      List<JsonReader> manifests = index.at("manifests").elements();
      assertThat(manifests).hasSize(2);
      String manifest = manifests.get(0).at("digest").string();
      JsonReader attestation = manifests.get(1);
      assertThat(attestation.stringMap("annotations"))
          .containsEntry("vnd.docker.reference.type", "attestation-manifest")
          .containsEntry("vnd.docker.reference.digest", manifest);
      assertThat(attestation.at("platform").string("os")).isEqualTo("unknown");
      JsonReader layer =
          get(registry, "manifests/" + attestation.at("digest").string(), MediaTypes.OCI_MANIFEST)
              .at("layers")
              .elements()
              .get(0);
      assertThat(layer.string("mediaType")).isEqualTo("application/vnd.in-toto+json");
      assertThat(layer.stringMap("annotations"))
          .containsEntry("in-toto.io/predicate-type", "https://slsa.dev/provenance/v0.2");
      JsonReader statement = get(registry, "blobs/" + layer.at("digest").string(), "*/*");
      JsonReader subject = statement.at("subject").elements().get(0);
      assertThat("sha256:" + subject.at("digest").string("sha256")).isEqualTo(manifest);
      assertThat(statement.at("predicate").at("buildConfig").at("steps").elements()).isNotEmpty();

      Image pulled = second.images().pull(name).execute();
      assertThat(pulled.id()).isEqualTo(image.id());
      assertThat(second.images().pull(pushed.toString()).execute().id()).isEqualTo(image.id());

      first.images().build(ContextSource.files(CONTEXT)).tag(name).execute();
      first.images().push(name).execute();
      assertThat(get(registry, "manifests/1", MediaTypes.OCI_MANIFEST).string("mediaType"))
          .isEqualTo(MediaTypes.OCI_MANIFEST);
    }
  }

  private static JsonReader get(RegistryServer registry, String path, String accept)
      throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + registry.address() + "/v2/app/" + path))
            .header("Accept", accept)
            .build();
    HttpResponse<byte[]> response =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray());
    assertThat(response.statusCode()).isEqualTo(200);
    return Json.parse(path, response.body());
  }
}
