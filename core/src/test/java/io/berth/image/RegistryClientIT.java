package io.berth.image;

import static io.berth.testing.FaultyRegistry.body;
import static io.berth.testing.FaultyRegistry.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import io.berth.oci.Descriptor;
import io.berth.oci.ImageSink;
import io.berth.oci.MediaTypes;
import io.berth.oci.Reference;
import io.berth.registry.CredentialSource;
import io.berth.registry.Credentials;
import io.berth.registry.Mounts;
import io.berth.registry.RegistryClient;
import io.berth.registry.RegistryException;
import io.berth.registry.RegistryOptions;
import io.berth.registry.Retries;
import io.berth.registry.SearchResult;
import io.berth.testing.FaultyRegistry;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The client's calls one by one, with a registry that answers as it is told. */
@Timeout(180)
class RegistryClientIT {
  private FaultyRegistry registry;
  private RegistryClient client;

  @BeforeEach
  void open() {
    registry = FaultyRegistry.start();
    client = RegistryClient.open(options());
  }

  @AfterEach
  void close() {
    client.close();
    registry.close();
  }

  private RegistryOptions options() {
    return RegistryOptions.defaults()
        .withCredentials(CredentialSource.none())
        .withSearchAddress(URI.create("http://" + registry.address()))
        .withRetries(new Retries(3, Duration.ofMillis(1), Duration.ofSeconds(1)));
  }

  private Reference reference(String rest) {
    return Reference.parse(registry.address() + "/" + rest);
  }

  @Test
  void listsGoOnFromPageToPage() {
    registry.on(
        "tags/list",
        body(200, "{\"tags\":[\"a\",\"b\"]}", "Link", "</v2/x/y/tags/list?last=b>; rel=\"next\""),
        body(200, "{\"tags\":[\"c\"]}"));

    assertThat(client.tags(reference("x/y"))).containsExactly("a", "b", "c");

    registry.on(
        "_catalog",
        body(200, "{\"repositories\":[\"x/y\"]}", "Link", "<?last=x>; rel=next"),
        body(200, "{\"repositories\":null}"));
    assertThat(client.repositories(registry.address())).containsExactly("x/y");
  }

  @Test
  void aListThatLeadsToAnotherHostEnds() {
    registry.always("tags/list", body(200, "{}", "Link", "<http://other.test/v2/>; rel=\"next\""));

    assertThatThrownBy(() -> client.tags(reference("x/y")))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("other.test");
  }

  @Test
  void dockerHubIsSearchedByWords() {
    registry.on(
        "/v1/search",
        status(503),
        body(
            200,
            "{\"num_results\":1,\"results\":[{\"name\":\"redis\",\"description\":\"A store\","
                + "\"star_count\":12,\"is_official\":true,\"is_automated\":false},"
                + "{\"name\":\"me/redis\"}]}"));

    assertThat(client.search("redis server", 25))
        .containsExactly(
            new SearchResult("redis", "A store", 12, true),
            new SearchResult("me/redis", "", 0, false));
    assertThat(registry.requests())
        .extracting(FaultyRegistry.Request::uri)
        .contains("/v1/search?q=redis+server&n=25");
    assertThatThrownBy(() -> client.search(" ", 25)).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void anIdentityTokenIsTradedForAToken() {
    registry.on("/token", body(200, "{\"access_token\":\"t\"}"));
    registry.on("/v2/x/y/tags/list", challenge());
    registry.on("/v2/x/y/tags/list", body(200, "{\"tags\":[]}"));

    client.as(registry.address(), Credentials.identityToken("secret")).tags(reference("x/y"));

    assertThat(registry.requests())
        .filteredOn(request -> request.uri().contains("tags"))
        .last()
        .satisfies(request -> assertThat(request.authorization()).contains("Bearer t"));
    assertThat(registry.requests())
        .filteredOn(request -> request.uri().contains("token"))
        .satisfiesExactly(
            request -> {
              assertThat(request.method()).isEqualTo("POST");
              assertThat(request.uri()).doesNotContain("secret");
            });
  }

  private FaultyRegistry.Answer challenge() {
    return status(
        401, "WWW-Authenticate", "Bearer realm=\"http://" + registry.address() + "/token\"");
  }

  @Test
  void aTokenServerThatRefusesSaysSo() {
    registry.on("/token", body(401, "{\"details\":\"incorrect username or password\"}"));
    registry.on("/v2/", challenge(), challenge());

    assertThatThrownBy(() -> client.check(registry.address(), Credentials.password("me", "hidden")))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("password of me")
        .hasMessageContaining("incorrect username")
        .hasMessageNotContaining("hidden");
  }

  @Test
  void anUploadIsBegunAgainWhenItFailsAndGoesWhereTheRegistrySays() throws Exception {
    byte[] content = "content".repeat(100).getBytes();
    Descriptor blob = Descriptor.of(MediaTypes.OCI_LAYER, content);
    try (FaultyRegistry storage = FaultyRegistry.start()) {
      String header = FaultyRegistry.basic("me", "secret");
      registry.on(
          "/uploads/",
          status(202, "Location", "/v2/x/y/uploads/one?state=1"),
          status(500),
          status(404), // it has forgotten how far that came
          status(202, "Location", "http://" + storage.address() + "/put?signed=2"));
      registry.protect("Basic realm=\"r\"", header);
      storage.on("/put", status(201));

      RegistryClient mine = client.as(registry.address(), Credentials.password("me", "secret"));
      try (ImageSink sink = mine.push(reference("x/y:1"), Mounts.none())) {
        sink.blob(blob, () -> new ByteArrayInputStream(content));
      }

      assertThat(storage.requests())
          .satisfiesExactly(
              request -> {
                assertThat(request.method()).isEqualTo("PUT");
                assertThat(request.uri()).startsWith("/put?signed=2&digest=sha256");
                assertThat(request.authorization()).isEmpty();
              });
    }
  }

  @Test
  void contentOfAnotherLengthIsNotUploaded() {
    Descriptor blob = Descriptor.of(MediaTypes.OCI_LAYER, new byte[10]);
    registry.always("/uploads/", status(202, "Location", "/v2/x/y/uploads/one"));

    try (ImageSink sink = client.push(reference("x/y:1"), Mounts.none())) {
      for (int size : List.of(9, 11)) {
        assertThatThrownBy(() -> sink.blob(blob, () -> new ByteArrayInputStream(new byte[size])))
            .isInstanceOf(InvalidInputException.class)
            .hasMessageContaining("10 bytes");
      }
    }
  }

  @Test
  void tagsAreDeletedAloneWhereTheRegistryCanElseWithTheirManifest() {
    Descriptor manifest =
        registry.manifest("1", MediaTypes.OCI_MANIFEST, "{\"schemaVersion\":2}".getBytes());
    registry.on(
        "manifests/1",
        (exchange, bytes) -> {
          exchange.getResponseHeaders().set("Docker-Content-Digest", manifest.digest().toString());
          exchange.getResponseHeaders().set("Content-Type", MediaTypes.OCI_MANIFEST);
          exchange.getResponseHeaders().set("Content-Length", "5");
          exchange.sendResponseHeaders(200, -1);
        },
        status(405));
    registry.on("manifests/" + manifest.digest(), status(202));

    client.delete(reference("x/y:1"));

    assertThat(registry.requests())
        .filteredOn(request -> request.method().equals("DELETE"))
        .extracting(FaultyRegistry.Request::uri)
        .containsExactly("/v2/x/y/manifests/1", "/v2/x/y/manifests/" + manifest.digest());
  }

  @Test
  void aRegistryThatForbidsDeletionSaysWhatToDo() {
    Descriptor manifest =
        registry.manifest("1", MediaTypes.OCI_MANIFEST, "{\"schemaVersion\":2}".getBytes());
    registry.always(
        "manifests/sha256",
        body(405, "{\"errors\":[{\"code\":\"UNSUPPORTED\",\"message\":\"not supported\"}]}"));

    assertThatThrownBy(() -> client.delete(reference("x/y@" + manifest.digest())))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("UNSUPPORTED: not supported")
        .hasMessageContaining("has to be enabled");
  }

  @Test
  void aRegistryThatIsNotThereSaysSoAtOnce() {
    registry.close();

    assertThatThrownBy(() -> client.tags(reference("x/y")))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("check the address");
    assertThatThrownBy(() -> client.tags(Reference.parse("no-such-host.invalid/x/y")))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("no-such-host.invalid is not known");
  }
}
