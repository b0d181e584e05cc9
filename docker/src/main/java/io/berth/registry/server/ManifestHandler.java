package io.berth.registry.server;

import io.berth.error.InvalidInputException;
import io.berth.json.Json;
import io.berth.oci.Digest;
import io.berth.oci.Digester;
import io.berth.oci.RootDocument;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Reads, keeps and deletes manifests, by tag or digest. */
final class ManifestHandler {
  private final Manifests manifests;
  private final UnusedBlobs unused;

  ManifestHandler(Manifests manifests, UnusedBlobs unused) {
    this.manifests = manifests;
    this.unused = unused;
  }

  Response handle(Request request, String repository, String reference) throws IOException {
    // A tag cannot contain a colon.
    Optional<Digest> digest =
        reference.indexOf(':') < 0 ? Optional.empty() : Optional.of(Names.digest(reference));
    Optional<String> tag =
        digest.isPresent() ? Optional.empty() : Optional.of(Names.tag(reference));
    return switch (request.method()) {
      case "GET", "HEAD" -> get(repository, reference, digest);
      case "PUT" -> put(request, repository, tag, digest);
      case "DELETE" -> delete(repository, reference, tag, digest);
      default -> throw RegistryError.methodNotAllowed(request.method(), "GET, HEAD, PUT, DELETE");
    };
  }

  private Response get(String repository, String reference, Optional<Digest> digest) {
    Manifests.Stored manifest =
        digest
            .or(() -> manifests.tagged(repository, reference))
            .flatMap(found -> manifests.get(repository, found))
            .orElseThrow(() -> RegistryError.manifestUnknown(repository, reference));
    return Response.empty(200)
        .with(new Response.Bytes(manifest.bytes()))
        .with("Content-Type", manifest.mediaType())
        .with("Docker-Content-Digest", manifest.digest())
        .with("ETag", "\"" + manifest.digest() + "\"");
  }

  private Response put(
      Request request, String repository, Optional<String> tag, Optional<Digest> expected)
      throws IOException {
    Set<String> tags = new LinkedHashSet<>();
    request.parameters("tag").forEach(each -> tags.add(Names.tag(each)));
    Set<String> extra = Set.copyOf(tags);
    tag.ifPresent(tags::add);
    Optional<Digest> wanted = expected.or(() -> request.parameter("digest").map(Names::digest));

    byte[] bytes = request.body().readNBytes(Json.MAX_BYTES + 1);
    if (bytes.length > Json.MAX_BYTES) {
      throw RegistryError.tooLarge("A manifest may have at most " + Json.MAX_BYTES + " bytes");
    }
    Digest digest = wanted.map(Digest::digester).orElseGet(Digester::sha256).update(bytes).digest();
    if (wanted.isPresent() && !wanted.get().equals(digest)) {
      throw RegistryError.digestInvalid("The manifest is " + digest + ", not " + wanted.get());
    }
    RootDocument document = parse(request, bytes);
    manifests.put(repository, digest, bytes, document, tags);

    Response response =
        Response.empty(201)
            .with("Location", "/v2/" + repository + "/manifests/" + digest)
            .with("Docker-Content-Digest", digest);
    if (!extra.isEmpty()) {
      response = response.with("OCI-Tag", String.join(", ", extra));
    }
    return document.subject().isPresent()
        ? response.with("OCI-Subject", document.subject().get().digest())
        : response;
  }

  private static RootDocument parse(Request request, byte[] bytes) {
    Optional<String> type =
        request
            .header("Content-Type")
            .map(t -> t.split(";", 2)[0].strip())
            .filter(t -> !t.isEmpty());
    try {
      return type.isPresent() ? RootDocument.parse(bytes, type.get()) : RootDocument.parse(bytes);
    } catch (InvalidInputException e) {
      throw RegistryError.manifestInvalid(e.getMessage());
    }
  }

  private Response delete(
      String repository, String reference, Optional<String> tag, Optional<Digest> digest) {
    boolean removed =
        tag.isPresent()
            ? manifests.removeTag(repository, tag.get())
            : manifests.remove(repository, digest.orElseThrow());
    if (!removed) {
      throw RegistryError.manifestUnknown(repository, reference);
    }
    if (digest.isPresent()) {
      unused.remove(repository);
    }
    return Response.empty(202);
  }
}
