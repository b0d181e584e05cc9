package io.berth.server.http;

/** What was asked cannot be answered, for a reason with an HTTP status. */
public final class HttpError extends RuntimeException {
  private final int status;

  public HttpError(int status, String message) {
    super(message);
    this.status = status;
  }

  public HttpError(int status, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  public int status() {
    return status;
  }

  public static HttpError badRequest(String message) {
    return new HttpError(400, message);
  }

  public static HttpError notFound(String message) {
    return new HttpError(404, message);
  }

  public static HttpError conflict(String message) {
    return new HttpError(409, message);
  }

  public static HttpError notImplemented(String message) {
    return new HttpError(501, message);
  }
}
