package io.berth.image;

import static io.berth.testing.FaultyRegistry.body;
import static io.berth.testing.FaultyRegistry.cutAfter;
import static io.berth.testing.FaultyRegistry.status;
import static io.berth.testing.FaultyRegistry.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.Image;
import io.berth.api.PruneFilter;
import io.berth.error.BerthException;
import io.berth.error.NotFoundException;
import io.berth.oci.Descriptor;
import io.berth.registry.Credentials;
import io.berth.registry.RegistryException;
import io.berth.registry.RegistryOptions;
import io.berth.testing.FaultyRegistry;
import io.berth.testing.RemoteImage;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pulls from registries that fail, or hide behind other hosts. */
@Timeout(180)
class PullFaultsIT extends PullFixture {
  @Test
  void aConnectionCutAtTenPlacesEndsInACompletePull() {
    RemoteImage remote =
        RemoteImage.put(registry, "1", tar("one", 300_000, 1), tar("two", 1000, 2));
    Descriptor layer = remote.layers().get(0);
    FaultyRegistry.Answer[] cuts = new FaultyRegistry.Answer[10];
    for (int i = 0; i < cuts.length; i++) {
      cuts[i] = cutAfter(i == 3 ? 1 : 17_000 + 31 * i);
    }
    registry.on(layer.digest().hex(), cuts);

    assertComplete(pull(app()), remote);

    List<String> ranges =
        registry.requests().stream()
            .filter(request -> request.uri().contains(layer.digest().hex()))
            .flatMap(request -> request.range().stream())
            .toList();
    assertThat(ranges).hasSize(10);
    assertThat(ranges.get(0)).isEqualTo("bytes=17000-");
    assertThat(ranges.get(1)).isEqualTo("bytes=34031-");
  }

  @Test
  void aServerThatCannotResumeIsReadAgain() {
    RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 200_000, 1));
    registry.on(remote.layers().get(0).digest().hex(), cutAfter(50_000), whole());

    assertComplete(pull(app()), remote);
  }

  @Test
  void aLaterPullGoesOnWhereOneEnded() {
    RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 200_000, 1));
    String blob = remote.layers().get(0).digest().hex();
    registry.on(
        blob, cutAfter(60_000), status(503), status(503), status(503), status(503), status(503));

    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(BerthException.class)
        .hasMessageContaining(blob);
    assertThat(store.list()).isEmpty();
    assertThat(snapshotter.list()).isEmpty();
    registry.on(blob);

    FaultyRegistry fresh = registry;
    int before = fresh.requests().size();
    assertComplete(pullUntilServed(blob), remote);
    assertThat(fresh.requests().subList(before, fresh.requests().size()))
        .anySatisfy(request -> assertThat(request.range()).contains("bytes=60000-"));
  }

  @Test
  void pruningRemovesWhatAFailedPullHasLeft() throws IOException {
    RemoteImage remote =
        RemoteImage.put(registry, "1", tar("one", 1000, 1), tar("two", 200_000, 2));
    String second = remote.layers().get(1).digest().hex();
    registry.on(second, cutAfter(100)).always(second, status(503));
    assertThatThrownBy(() -> pull(app())).isInstanceOf(BerthException.class);
    try (var parts = Files.list(data.resolve("ingest"))) {
      assertThat(parts).isNotEmpty();
    }

    store.prune(false, PruneFilter.ALL);

    assertNothingLeft();
  }

  /** Some refusals may be left over from the attempts before. */
  private Image pullUntilServed(String blob) {
    try {
      return pull(app());
    } catch (BerthException e) {
      return pull(app());
    }
  }

  @Test
  void triesAgainWhenTheServerIsBusy() {
    RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 1000, 1));
    registry
        .on("manifests/1", status(429, "Retry-After", "0"), status(503))
        .on(remote.layers().get(0).digest().hex(), status(500), status(429), status(502));

    assertComplete(pull(app()), remote);
  }

  @Test
  void aLimitOfPullsSaysWhatToDo() {
    RemoteImage.put(registry, "1", tar("one", 1000, 1));
    registry.always(
        "manifests/1",
        body(
            429,
            "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"You have reached your pull"
                + " rate limit.\"}]}",
            "ratelimit-limit",
            "100;w=21600"));

    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("100 in 6.0 h")
        .hasMessageContaining("without credentials")
        .hasMessageContaining("log in")
        .hasMessageContaining("registryMirror");
    assertThat(registry.requests().stream().filter(r -> r.uri().contains("manifests"))).hasSize(1);
  }

  @Test
  void aLongRetryAfterIsNotWaitedFor() {
    RemoteImage.put(registry, "1", tar("one", 1000, 1));
    registry.always("manifests/1", status(503, "Retry-After", "3600"));

    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("503");
    assertThat(registry.requests().stream().filter(r -> r.uri().contains("manifests"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void aRedirectToAnotherHostGetsNoCredentials(int code) {
    try (FaultyRegistry other = FaultyRegistry.start()) {
      RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 1000, 1));
      RemoteImage.put(other, "1", tar("one", 1000, 1));
      String header = FaultyRegistry.basic("me", "secret");
      registry
          .always(
              "/blobs/",
              (exchange, bytes) -> {
                assertThat(exchange.getRequestHeaders().getFirst("Authorization"))
                    .isEqualTo(header);
                String to = "http://" + other.address() + exchange.getRequestURI() + "?signed=1";
                status(code, "Location", to).to(exchange, bytes);
              })
          .protect("Basic realm=\"test\"", header);
      RegistryOptions mine =
          options()
              .withCredentials(
                  asked ->
                      asked.equals(registry.address())
                          ? Optional.of(Credentials.password("me", "secret"))
                          : Optional.empty());

      assertComplete(pull(mine, app(), Optional.empty()), remote);

      assertThat(other.requests()).isNotEmpty();
      assertThat(other.requests())
          .allSatisfy(request -> assertThat(request.authorization()).isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer realm=\"http://OTHER/token\"", "Basic realm=\"x\""})
  void aChallengeOfAnotherHostIsNotAnswered(String challenge) {
    try (FaultyRegistry other = FaultyRegistry.start()) {
      RemoteImage.put(registry, "1", tar("one", 1000, 1));
      other
          .always("/token", status(200, "X", "y"))
          .always(
              "/x", status(401, "WWW-Authenticate", challenge.replace("OTHER", other.address())));
      registry.always("/blobs/", status(307, "Location", "http://" + other.address() + "/x"));
      RegistryOptions mine =
          options().withCredentials(asked -> Optional.of(Credentials.password("me", "secret")));

      assertThatThrownBy(() -> pull(mine, app(), Optional.empty()))
          .isInstanceOf(RegistryException.class);

      assertThat(other.requests()).isNotEmpty();
      assertThat(other.requests())
          .allSatisfy(
              request -> {
                assertThat(request.authorization()).isEmpty();
                assertThat(request.uri()).doesNotContain("token");
              });
    }
  }

  @Test
  void redirectsInACircleEnd() {
    RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 1000, 1));
    registry.always(
        "/blobs/", status(307, "Location", "/v2/x/blobs/" + remote.layers().get(0).digest()));

    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("redirects");
  }

  @Test
  void aMirrorIsAskedFirstAndTheRegistryWhenItFails() {
    try (FaultyRegistry mirror = FaultyRegistry.start()) {
      RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 1000, 1));
      RemoteImage.put(mirror, "1", tar("one", 1000, 1));
      RegistryOptions mirrored = options().withMirror(registry.address(), mirror.address());

      assertComplete(pull(mirrored, app(), Optional.empty()), remote);
      assertThat(registry.requests()).isEmpty();

      store.remove(app(), false);
      mirror.always("/blobs/", status(404));
      assertComplete(pull(mirrored, app(), Optional.empty()), remote);

      store.remove(app(), false);
      mirror.close();
      assertComplete(pull(mirrored, app(), Optional.empty()), remote);
    }
  }

  @Test
  void tokensAreFetchedWithTheScopeAndAgainWhenTheyAreRefused() {
    try (FaultyRegistry tokens = FaultyRegistry.start()) {
      RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 1000, 1));
      tokens.on(
          "/token",
          body(200, "{\"token\":\"first\",\"expires_in\":300}"),
          body(200, "{\"access_token\":\"second\"}"));
      registry
          .on(
              remote.layers().get(0).digest().hex(),
              (exchange, bytes) -> {
                registry.authorization("Bearer second");
                status(
                        401,
                        "WWW-Authenticate",
                        "Bearer realm=\"http://" + tokens.address() + "/token\",service=\"s\"")
                    .to(exchange, bytes);
              })
          .protect(
              "Bearer realm=\"http://"
                  + tokens.address()
                  + "/token\",service=\"s\",scope=\"repository:team/app:pull\"",
              "Bearer first");

      assertComplete(pull(app()), remote);

      assertThat(tokens.requests())
          .extracting(FaultyRegistry.Request::uri)
          .containsExactly(
              "/token?service=s&scope=repository%3Ateam%2Fapp%3Apull",
              "/token?service=s&scope=repository%3Ateam%2Fapp%3Apull");
    }
  }

  @Test
  void missingImagesAndRefusedCredentialsSayWhatToDo() {
    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(app());
    registry.protect("Basic realm=\"test\"", "Basic none");
    assertThatThrownBy(() -> pull(app()))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining("without credentials")
        .hasMessageContaining("registryCredentials");
  }

  @Test
  void aPullCanBeInterrupted() throws Exception {
    RemoteImage remote = RemoteImage.put(registry, "1", tar("one", 300_000, 1));
    java.util.concurrent.CountDownLatch arrived = new java.util.concurrent.CountDownLatch(1);
    registry.always(
        remote.layers().get(0).digest().hex(),
        (exchange, bytes) -> {
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes, 0, 1000);
          exchange.getResponseBody().flush();
          arrived.countDown();
          try {
            Thread.sleep(600_000);
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        });
    Throwable[] failure = {null};
    Thread puller =
        new Thread(
            () -> {
              try {
                pull(app());
              } catch (BerthException e) {
                failure[0] = e;
              }
            });
    puller.start();
    arrived.await();
    puller.interrupt();
    puller.join(60_000);

    assertThat(failure[0]).hasMessageContaining("Interrupted");
    assertThat(store.list()).isEmpty();
    assertThat(snapshotter.list()).isEmpty();
  }
}
