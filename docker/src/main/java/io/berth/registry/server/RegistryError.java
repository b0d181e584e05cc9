package io.berth.registry.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.json.JsonWriter;
import java.util.List;
import java.util.Map;

/** A request that is refused, with the code that the distribution-spec gives it. */
final class RegistryError extends RuntimeException {
  private final int status;
  private final String code;
  private final Map<String, String> headers;

  private RegistryError(int status, String code, String message, Map<String, String> headers) {
    super(message, null, false, false); // an answer, not a failure: no stack
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  private RegistryError(int status, String code, String message) {
    this(status, code, message, Map.of());
  }

  static RegistryError nameInvalid(String message) {
    return new RegistryError(400, "NAME_INVALID", message);
  }

  static RegistryError nameUnknown(String repository) {
    return new RegistryError(404, "NAME_UNKNOWN", "No such repository: " + repository);
  }

  static RegistryError tagInvalid(String message) {
    return new RegistryError(400, "TAG_INVALID", message);
  }

  static RegistryError digestInvalid(String message) {
    return new RegistryError(400, "DIGEST_INVALID", message);
  }

  static RegistryError blobUnknown(String repository, Object digest) {
    return new RegistryError(404, "BLOB_UNKNOWN", "No blob " + digest + " in " + repository);
  }

  static RegistryError uploadUnknown(String id) {
    return new RegistryError(
        404, "BLOB_UPLOAD_UNKNOWN", "No upload " + id + "; it is finished, or expired: begin anew");
  }

  static RegistryError uploadInvalid(String message) {
    return new RegistryError(400, "BLOB_UPLOAD_INVALID", message);
  }

  /** A chunk that does not go on where the upload stands; the headers say where that is. */
  static RegistryError rangeInvalid(String message, Map<String, String> headers) {
    return new RegistryError(416, "BLOB_UPLOAD_INVALID", message, headers);
  }

  static RegistryError uploadBusy(String id) {
    return new RegistryError(
        409, "BLOB_UPLOAD_INVALID", "Another request is writing to upload " + id);
  }

  static RegistryError sizeInvalid(String message) {
    return new RegistryError(400, "SIZE_INVALID", message);
  }

  static RegistryError tooLarge(String message) {
    return new RegistryError(413, "SIZE_INVALID", message);
  }

  static RegistryError manifestUnknown(String repository, Object reference) {
    return new RegistryError(
        404, "MANIFEST_UNKNOWN", "No manifest " + reference + " in " + repository);
  }

  static RegistryError manifestInvalid(String message) {
    return new RegistryError(400, "MANIFEST_INVALID", message);
  }

  static RegistryError manifestBlobUnknown(String repository, Object digest) {
    return new RegistryError(
        400,
        "MANIFEST_BLOB_UNKNOWN",
        "The manifest needs blob "
            + digest
            + ", which is not in "
            + repository
            + "; push it first");
  }

  static RegistryError unauthorized(String challenge) {
    return new RegistryError(
        401, "UNAUTHORIZED", "Log in first", Map.of("WWW-Authenticate", challenge));
  }

  static RegistryError unsupported(String message) {
    return new RegistryError(404, "UNSUPPORTED", message);
  }

  static RegistryError methodNotAllowed(String method, String allowed) {
    return new RegistryError(
        405, "UNSUPPORTED", method + " is not for this path", Map.of("Allow", allowed));
  }

  static RegistryError paginationInvalid(String found) {
    return new RegistryError(
        400, "PAGINATION_NUMBER_INVALID", "Expected n to be a number, found " + found);
  }

  static RegistryError tooManyUploads(int max) {
    return new RegistryError(
        429, "TOOMANYREQUESTS", "There are " + max + " unfinished uploads; try again later");
  }

  static RegistryError internal(String message) {
    return new RegistryError(500, "UNKNOWN", message);
  }

  Response response() {
    ObjectNode error = new JsonWriter().put("code", code).put("message", getMessage()).toNode();
    byte[] body = new JsonWriter().fullList("errors", List.of(error), e -> e).toBytes();
    Response response = Response.json(status, body);
    for (Map.Entry<String, String> header : headers.entrySet()) {
      response = response.with(header.getKey(), header.getValue());
    }
    return response;
  }
}
