package io.berth.registry;

import io.berth.oci.Descriptor;
import io.berth.oci.ImageSink;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

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
          : Optional.of(location(repository, response, what));
    }
  }

  /**
   * Uploads a blob.
   *
   * @param begun where to, when the upload has been begun already
   */
  void put(
      Repository repository, Descriptor blob, Optional<String> begun, ImageSink.Content content) {
    String what = "push " + blob.digest() + " to " + repository;
    AtomicReference<Optional<String>> first = new AtomicReference<>(begun);
    caller
        .retries()
        .run(
            what,
            () -> {
              // Each attempt begins anew: an upload that failed half-way is not trusted.
              String location =
                  first.getAndSet(Optional.empty()).orElseGet(() -> begin(repository, what));
              return upload(repository, blob, location, content, what);
            });
  }

  private String begin(Repository repository, String what) {
    Call call = new Call("POST", uploads(repository), what, pushScope(repository), 202);
    try (Response response = caller.call(repository.endpoint(), call)) {
      response.finish();
      return location(repository, response, what);
    }
  }

  private String location(Repository repository, Response response, String what) {
    String location =
        response
            .header("Location")
            .orElseThrow(
                () ->
                    new RegistryException(
                        "Cannot " + what + ": the registry does not say where to",
                        response.status()));
    try {
      return caller
          .address(repository.endpoint(), uploads(repository))
          .resolve(location)
          .toString();
    } catch (IllegalArgumentException e) {
      throw new RegistryException("Cannot " + what + ": invalid Location " + location, e);
    }
  }

  private static String uploads(Repository repository) {
    return "/v2/" + repository.path() + "/blobs/uploads/";
  }

  private static String pushScope(Repository repository) {
    return Call.pushScope(repository.path());
  }

  private boolean upload(
      Repository repository,
      Descriptor blob,
      String location,
      ImageSink.Content content,
      String what)
      throws IOException, RetryLoop.Again {
    String separator = URI.create(location).getRawQuery() == null ? "?" : "&";
    Call call =
        new Call(
                "PUT",
                location + separator + "digest=" + encoded(blob.digest().toString()),
                what,
                Call.pushScope(repository.path()),
                201,
                204)
            .body(() -> new BlobEntity(blob, content));
    try (Response response = caller.callOnce(repository.endpoint(), call)) {
      response.finish();
      return true;
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
