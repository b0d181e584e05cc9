package io.berth.registry;

import io.berth.oci.Descriptor;
import io.berth.oci.ImageSink;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Looks for configs and layers, and uploads them. */
final class Blobs {
  private final EndpointCaller caller;

  Blobs(EndpointCaller caller) {
    this.caller = caller;
  }

  /** Whether a repository has a blob. */
  boolean has(Repository repository, Descriptor blob) {
    Call call =
        new Call(
            "HEAD",
            repository.target("blobs", blob.digest()),
            "look for " + blob.digest() + " in " + repository,
            Call.pushScope(repository.path()),
            200,
            404);
    try (Response response = caller.call(repository.endpoint(), call)) {
      response.finish();
      return response.status() == 200;
    }
  }

  /**
   * Asks the registry to take a blob from another of its repositories.
   *
   * @return empty when it did, else where to upload the blob
   */
  Optional<String> mount(Repository repository, Descriptor blob, String from) {
    String what = "push " + blob.digest() + " to " + repository;
    String query = "?mount=" + encoded(blob.digest().toString()) + "&from=" + encoded(from);
    Call call =
        new Call("POST", uploads(repository) + query, what, pushScope(repository), 201, 202)
            .scope(Call.pullScope(from));
    try (Response response = caller.call(repository.endpoint(), call)) {
      response.finish();
      return response.status() == 201
          ? Optional.empty()
          : Optional.of(BlobUpload.location(caller, repository, response, what));
    }
  }

  /**
   * Uploads a blob; after a cut, from where the registry has it.
   *
   * @param begun where to, when the upload has been begun already
   */
  void put(
      Repository repository, Descriptor blob, Optional<String> begun, ImageSink.Content content) {
    String what = "push " + blob.digest() + " to " + repository;
    BlobUpload upload =
        new BlobUpload(
            caller, repository, what, blob, content, begun.map(l -> new BlobUpload.Place(l, 0)));
    caller.retries().run(what, () -> upload.attempt(() -> begin(repository, what)));
  }

  private String begin(Repository repository, String what) {
    Call call = new Call("POST", uploads(repository), what, pushScope(repository), 202);
    try (Response response = caller.call(repository.endpoint(), call)) {
      response.finish();
      return BlobUpload.location(caller, repository, response, what);
    }
  }

  private static String uploads(Repository repository) {
    return "/v2/" + repository.path() + "/blobs/uploads/";
  }

  private static String pushScope(Repository repository) {
    return Call.pushScope(repository.path());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
