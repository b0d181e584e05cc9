package io.berth.registry;

import io.berth.oci.Descriptor;
import io.berth.oci.ImageSink;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One blob on its way to a registry, in one request. When that is cut, the registry is asked how
 * much has come, and the next request sends the rest; a registry that does not tell gets all again
 * (distribution-spec, "Pushing a blob in chunks").
 */
final class BlobUpload {
  private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-(\\d{1,18})");

  private final EndpointCaller caller;
  private final Repository repository;
  private final String what;
  private final Descriptor blob;
  private final ImageSink.Content content;
  private Optional<Place> place;
  private boolean cut;

  /** Where to send what is to come, and how much is there. */
  record Place(String location, long offset) {}

  BlobUpload(
      EndpointCaller caller,
      Repository repository,
      String what,
      Descriptor blob,
      ImageSink.Content content,
      Optional<Place> begun) {
    this.caller = caller;
    this.repository = repository;
    this.what = what;
    this.blob = blob;
    this.content = content;
    this.place = begun;
  }

  /**
   * Sends what the registry has not. Cuts after which it has more than before are no failures.
   *
   * @param begin gives the location of a new upload
   */
  boolean attempt(Supplier<String> begin) throws IOException, RetryLoop.Again {
    if (cut) {
      place = place.flatMap(this::ask);
    }
    Place now = place.orElseGet(() -> new Place(begin.get(), 0));
    cut = true; // until it went well
    while (true) {
      place = Optional.of(now);
      try {
        send(now);
        return true;
      } catch (RegistryException e) {
        if (now.offset() == 0) {
          throw e;
        }
        // It has lost what it said it had, or cannot go on: once more from the beginning.
        now = new Place(begin.get(), 0);
      } catch (IOException e) {
        Optional<Place> next = ask(now);
        if (next.isEmpty() || next.get().offset() <= now.offset()) {
          throw e;
        }
        caller.retries().pause(what, e, 1);
        now = next.get();
      }
    }
  }

  private void send(Place to) throws IOException, RetryLoop.Again {
    String separator = URI.create(to.location()).getRawQuery() == null ? "?" : "&";
    String digest = URLEncoder.encode(blob.digest().toString(), StandardCharsets.UTF_8);
    Call call =
        new Call(
                "PUT",
                to.location() + separator + "digest=" + digest,
                what,
                Call.pushScope(repository.path()),
                201,
                204)
            .body(() -> new BlobEntity(blob, content, to.offset()));
    if (to.offset() > 0) {
      call = call.header("Content-Range", to.offset() + "-" + (blob.size() - 1));
    }
    try (Response response = caller.callOnce(repository.endpoint(), call)) {
      response.finish();
    }
  }

  /** How far an upload has come; empty when it is to begin anew. */
  private Optional<Place> ask(Place before) {
    Call call = new Call("GET", before.location(), what, Call.pushScope(repository.path()), 204);
    try (Response response = caller.callOnce(repository.endpoint(), call)) {
      response.finish();
      Matcher range = RANGE.matcher(response.header("Range").orElse(""));
      // "0-0" is said both of one byte and of none.
      long there = range.matches() ? Long.parseLong(range.group(1)) + 1 : 0;
      if (there <= 1 || there >= blob.size()) {
        return Optional.empty();
      }
      String location =
          response.header("Location").isPresent()
              ? location(caller, repository, response, what)
              : before.location();
      return Optional.of(new Place(location, there));
    } catch (IOException | RetryLoop.Again | RuntimeException e) {
      return Optional.empty();
    }
  }

  /** The address that a registry says an upload to go on at. */
  static String location(
      EndpointCaller caller, Repository repository, Response response, String what) {
    String location =
        response
            .header("Location")
            .orElseThrow(
                () ->
                    new RegistryException(
                        "Cannot " + what + ": the registry does not say where to",
                        response.status()));
    String uploads = "/v2/" + repository.path() + "/blobs/uploads/";
    try {
      return caller.address(repository.endpoint(), uploads).resolve(location).toString();
    } catch (IllegalArgumentException e) {
      throw new RegistryException("Cannot " + what + ": invalid Location " + location, e);
    }
  }
}
