package io.berth.image;

import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Where a root file system comes from; opened when it is needed. */
interface TarSource {

  /** What to call it in the image's history. */
  String name();

  /** Closed by the caller. */
  InputStream open() throws IOException;

  /** A stream of the caller's, which stays open. */
  static TarSource of(InputStream in) {
    return new TarSource() {
      @Override
      public String name() {
        return "-";
      }

      @Override
      public InputStream open() {
        return new FilterInputStream(in) {
          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return in.read(bytes, offset, length);
          }

          @Override
          public void close() {}
        };
      }
    };
  }

  /** A file on a web server. */
  static TarSource of(URI address) {
    String scheme = String.valueOf(address.getScheme());
    if (!scheme.equals("http") && !scheme.equals("https") || address.getHost() == null) {
      throw new InvalidInputException(
          "Cannot import from " + address + ": expected an address with http or https");
    }
    return new TarSource() {
      @Override
      public String name() {
        return address.toString();
      }

      @Override
      public InputStream open() throws IOException {
        return download(address);
      }
    };
  }

  private static InputStream download(URI address) throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(Duration.ofSeconds(30))
            .build();
    HttpResponse<InputStream> response;
    try {
      response =
          client.send(
              HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for " + address);
    }
    if (response.statusCode() != 200) {
      response.body().close();
      throw new NotFoundException(
          "Cannot import from "
              + address
              + ": the server answers with status "
              + response.statusCode());
    }
    return response.body();
  }
}
