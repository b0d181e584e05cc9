package io.berth.registry.server;

import io.berth.oci.Digest;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Takes in blobs: in one request, in a session of several, or from another repository. */
final class UploadHandler {
  private final Repositories repositories;
  private final Uploads uploads;

  UploadHandler(Repositories repositories, Uploads uploads) {
    this.repositories = repositories;
    this.uploads = uploads;
  }

  /** {@code /v2/NAME/blobs/uploads/} */
  Response begin(Request request, String repository) throws IOException {
    if (!request.method().equals("POST")) {
      throw RegistryError.methodNotAllowed(request.method(), "POST");
    }
    Optional<Digest> mount = request.parameter("mount").map(Names::digest);
    if (mount.isPresent() && mount(request, repository, mount.get())) {
      return created(repository, mount.get());
    }
    Optional<Digest> digest = request.parameter("digest").map(Names::digest);
    if (digest.isPresent()) {
      try (Upload upload = uploads.single(repository)) {
        upload.append(request.body());
        upload.commit(repositories, digest.get());
      }
      return created(repository, digest.get());
    }
    return progress(202, uploads.begin(repository));
  }

  private boolean mount(Request request, String repository, Digest digest) {
    return request
        .parameter("from")
        .map(from -> repositories.mount(Names.repository(from), repository, digest))
        .orElseGet(() -> repositories.mountFromAny(repository, digest));
  }

  /** {@code /v2/NAME/blobs/uploads/ID} */
  Response resume(Request request, String repository, String id) throws IOException {
    Upload upload = uploads.get(repository, id);
    if (request.method().equals("GET")) {
      return progress(204, upload);
    }
    upload.enter();
    try {
      switch (request.method()) {
        case "PATCH" -> {
          append(request, upload);
          return progress(202, upload);
        }
        case "PUT" -> {
          return finish(request, upload);
        }
        case "DELETE" -> {
          uploads.end(upload);
          return Response.empty(204);
        }
        default ->
            throw RegistryError.methodNotAllowed(request.method(), "GET, PATCH, PUT, DELETE");
      }
    } finally {
      upload.leave(uploads.now());
    }
  }

  private Response finish(Request request, Upload upload) throws IOException {
    Digest digest =
        request
            .parameter("digest")
            .map(Names::digest)
            .orElseThrow(() -> RegistryError.digestInvalid("The parameter digest is missing"));
    append(request, upload);
    try {
      upload.commit(repositories, digest);
      return created(upload.repository(), digest);
    } finally {
      uploads.end(upload);
    }
  }

  private void append(Request request, Upload upload) throws IOException {
    Optional<String> header = request.header("Content-Range");
    if (header.isPresent()) {
      ByteRange chunk =
          ByteRange.chunk(header.get())
              .orElseThrow(
                  () ->
                      RegistryError.rangeInvalid(
                          "Expected a Content-Range such as 0-99, found " + header.get(),
                          position(upload)));
      if (chunk.start() != upload.size()) {
        throw RegistryError.rangeInvalid(
            "The next byte is " + upload.size() + ", found " + chunk.start(), position(upload));
      }
      Optional<String> length = request.header("Content-Length");
      if (length.isPresent() && !length.get().equals(Long.toString(chunk.length()))) {
        throw RegistryError.sizeInvalid(
            "Content-Range has " + chunk.length() + " bytes, Content-Length " + length.get());
      }
    }
    try {
      upload.append(request.body());
    } catch (RegistryError e) {
      uploads.end(upload); // too large: it will not become better
      throw e;
    }
  }

  private static Map<String, String> position(Upload upload) {
    return Map.of(
        "Location", "/v2/" + upload.repository() + "/blobs/uploads/" + upload.id(),
        // What distribution answers for nothing; the grammar has no empty range.
        "Range", "0-" + Math.max(0, upload.size() - 1),
        "Docker-Upload-UUID", upload.id());
  }

  private static Response progress(int status, Upload upload) {
    Response response = Response.empty(status);
    for (Map.Entry<String, String> header : position(upload).entrySet()) {
      response = response.with(header.getKey(), header.getValue());
    }
    return response;
  }

  private static Response created(String repository, Digest digest) {
    return Response.empty(201)
        .with("Location", "/v2/" + repository + "/blobs/" + digest)
        .with("Docker-Content-Digest", digest);
  }
}
