package io.berth.registry;

import io.berth.error.InvalidInputException;
import io.berth.json.Json;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.MediaTypes;
import io.berth.oci.RootDocument;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;

/** Reads, writes and removes manifests and indexes. */
final class Manifests {
  private static final String ACCEPT =
      String.join(
          ", ",
          List.of(
              MediaTypes.OCI_INDEX,
              MediaTypes.DOCKER_INDEX,
              MediaTypes.OCI_MANIFEST,
              MediaTypes.DOCKER_MANIFEST));
  private static final String SCHEMA_1 = "application/vnd.docker.distribution.manifest.v1+";

  private final EndpointCaller caller;

  Manifests(EndpointCaller caller) {
    this.caller = caller;
  }

  record Fetched(Descriptor descriptor, byte[] bytes) {}

  /**
   * Reads a manifest or index, and checks it against its digest.
   *
   * @param name a tag or digest
   */
  Fetched get(Repository repository, String name) {
    String what = "pull " + repository + separator(name) + name;
    Call call =
        new Call(
                "GET",
                repository.target("manifests", name),
                what,
                Call.pullScope(repository.path()),
                200)
            .header("Accept", ACCEPT);
    return caller
        .retries()
        .run(
            what,
            () -> {
              try (Response response = caller.call(repository.endpoint(), call)) {
                return fetched(response, name, what);
              }
            });
  }

  private static Fetched fetched(Response response, String name, String what) throws IOException {
    byte[] bytes = response.bytes(Json.MAX_BYTES);
    if (bytes.length > Json.MAX_BYTES) {
      throw new InvalidInputException(
          "Cannot " + what + ": the manifest has more than " + Json.MAX_BYTES + " bytes");
    }
    Optional<Digest> expected =
        digest(name).or(() -> response.header("Docker-Content-Digest").flatMap(Manifests::digest));
    Digest found =
        expected
            .map(digest -> digest.digester().update(bytes).digest())
            .orElseGet(() -> Digest.sha256(bytes));
    if (expected.isPresent() && !expected.get().equals(found)) {
      throw new InvalidInputException(
          "Cannot "
              + what
              + ": the manifest should be "
              + expected.get()
              + ", found "
              + found
              + "; it was corrupted on the way, or the registry is not to be trusted");
    }
    return new Fetched(new Descriptor(mediaType(response, bytes), found, bytes.length), bytes);
  }

  /** Some servers send a general type; then the document says what it is. */
  private static String mediaType(Response response, byte[] bytes) {
    String type = response.header("Content-Type").map(t -> t.split(";", 2)[0].strip()).orElse("");
    if (MediaTypes.isManifest(type) || MediaTypes.isIndex(type)) {
      return type;
    }
    if (type.startsWith(SCHEMA_1)) {
      throw new InvalidInputException(
          "The manifest is in Docker's schema 1, which is no longer supported; push the image again"
              + " with a newer tool");
    }
    return RootDocument.parse(bytes).mediaType();
  }

  /** The digest of a manifest or index, without its content; empty when there is none. */
  Optional<Descriptor> head(Repository repository, String name) {
    Call call =
        new Call(
                "HEAD",
                repository.target("manifests", name),
                "look up " + repository + separator(name) + name,
                Call.pullScope(repository.path()),
                200,
                404)
            .header("Accept", ACCEPT);
    try (Response response = caller.call(repository.endpoint(), call)) {
      response.finish();
      if (response.status() == 404) {
        return Optional.empty();
      }
      Optional<Digest> digest = response.header("Docker-Content-Digest").flatMap(Manifests::digest);
      String type = response.header("Content-Type").map(t -> t.split(";", 2)[0].strip()).orElse("");
      boolean known = MediaTypes.isManifest(type) || MediaTypes.isIndex(type);
      Optional<Long> length =
          response
              .header("Content-Length")
              .filter(text -> text.matches("\\d{1,18}"))
              .map(Long::valueOf);
      if (digest.isPresent() && known && length.isPresent()) {
        return digest.map(d -> new Descriptor(type, d, length.get()));
      }
    }
    return Optional.of(get(repository, name).descriptor());
  }

  /** Writes a manifest or index under a tag or its digest. */
  void put(Repository repository, String name, Descriptor descriptor, byte[] bytes) {
    Call call =
        new Call(
                "PUT",
                repository.target("manifests", name),
                "push " + repository + separator(name) + name,
                Call.pushScope(repository.path()),
                200,
                201,
                202)
            .header("Content-Type", descriptor.mediaType())
            .body(() -> new ByteArrayEntity(bytes, null));
    try (Response response = caller.call(repository.endpoint(), call)) {
      response.finish();
      Optional<Digest> stored = response.header("Docker-Content-Digest").flatMap(Manifests::digest);
      if (stored.isPresent()
          && stored.get().algorithm().equals(descriptor.digest().algorithm())
          && !stored.get().equals(descriptor.digest())) {
        throw new RegistryException(
            "Cannot push "
                + repository
                + ": the registry stored "
                + stored.get()
                + " in place of "
                + descriptor.digest(),
            response.status());
      }
    }
  }

  /**
   * Removes a manifest by its digest, or a tag.
   *
   * @return whether the registry did it: some cannot remove tags alone
   */
  boolean delete(Repository repository, String name) {
    String what = "delete " + repository + separator(name) + name;
    String target = repository.target("manifests", name);
    String scope = Call.deleteScope(repository.path());
    boolean tag = digest(name).isEmpty();
    Call call =
        tag
            ? new Call("DELETE", target, what, scope, 200, 202, 400, 405)
            : new Call("DELETE", target, what, scope, 200, 202);
    try (Response response = caller.call(repository.endpoint(), call)) {
      response.finish();
      return response.status() < 400;
    }
  }

  private static Optional<Digest> digest(String text) {
    try {
      return text.indexOf(':') < 0 ? Optional.empty() : Optional.of(Digest.parse(text));
    } catch (InvalidInputException e) {
      return Optional.empty();
    }
  }

  private static String separator(String name) {
    return name.indexOf(':') < 0 ? ":" : "@";
  }
}
