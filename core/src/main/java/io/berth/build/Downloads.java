package io.berth.build;

import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import io.berth.internal.AtomicFile;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import io.berth.oci.Digest;
import io.berth.oci.Digester;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Files behind URLs, kept from one build to the next: a server is asked whether a file is still the
 * same.
 *
 * <pre>
 * cache/http/HEX.json   what the server said of the URL with this digest
 * cache/http/HEX        the content, named by its own digest
 * </pre>
 */
final class Downloads {
  private static final Duration CONNECT = Duration.ofSeconds(30);
  private static final int NOT_MODIFIED = 304;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private static final int MOST_REDIRECTS = 10;

  private final Path directory;
  private final long limit;
  private final Function<String, Optional<String>> authorization;

  /**
   * @param modified when the server says it was; the beginning of 1970 when it does not
   * @param name the last part of the URL's path; {@code __unnamed__} when there is none
   */
  record Download(Path file, Digest digest, Instant modified, String name) {}

  private record Known(Optional<String> etag, Optional<String> modified, Digest digest) {}

  /**
   * @param limit the most bytes that a file may have
   * @param authorization the header of this name for a host
   */
  Downloads(Path directory, long limit, Function<String, Optional<String>> authorization) {
    this.directory = directory;
    this.limit = limit;
    this.authorization = authorization;
  }

  /**
   * Gets a file.
   *
   * @param checksum that it must have
   */
  Download get(String url, Optional<Digest> checksum) {
    URI uri = parse(url);
    Path note = directory.resolve(new KeyDigest("url 1").add(url).digest().hex() + ".json");
    Optional<Known> known =
        AtomicFile.read(note)
            .map(bytes -> known(note, bytes))
            .filter(k -> Files.exists(directory.resolve(k.digest().hex())));
    if (checksum.isPresent() && known.isPresent() && known.get().digest().equals(checksum.get())) {
      return download(uri, known.get());
    }
    Known got = request(uri, known, note);
    if (checksum.isPresent() && !checksum.get().equals(got.digest())) {
      throw new InvalidInputException(
          "the checksum of "
              + url
              + " is "
              + got.digest()
              + ", expected "
              + checksum.get()
              + "; the file has changed, or is not what was meant");
    }
    return download(uri, got);
  }

  private static URI parse(String url) {
    try {
      return URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new InvalidInputException("not a URL: " + url + ": " + e.getMessage(), e);
    }
  }

  private Known request(URI uri, Optional<Known> known, Path note) {
    try {
      HttpResponse<InputStream> response = send(uri, known);
      try (InputStream body = response.body()) {
        if (response.statusCode() == NOT_MODIFIED && known.isPresent()) {
          return known.get();
        }
        if (response.statusCode() != 200) {
          throw new BerthException(
              "the server answered " + response.statusCode() + " for " + uri + "; check the URL");
        }
        Known got =
            new Known(
                response.headers().firstValue("ETag"),
                response.headers().firstValue("Last-Modified"),
                keep(uri, body));
        AtomicFile.write(note, bytes(got));
        return got;
      }
    } catch (IOException e) {
      throw new BerthException("cannot download " + uri + ": " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BerthException("the download of " + uri + " was interrupted", e);
    }
  }

  /** Follows redirects; each host gets what is meant for it alone. */
  private HttpResponse<InputStream> send(URI uri, Optional<Known> known)
      throws IOException, InterruptedException {
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    URI at = uri;
    for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
      HttpRequest.Builder request = HttpRequest.newBuilder(at).GET();
      Optional.ofNullable(at.getHost())
          .flatMap(authorization)
          .ifPresent(value -> request.header("Authorization", value));
      known.flatMap(Known::etag).ifPresent(etag -> request.header("If-None-Match", etag));
      known
          .filter(k -> k.etag().isEmpty())
          .flatMap(Known::modified)
          .ifPresent(time -> request.header("If-Modified-Since", time));
      HttpResponse<InputStream> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      Optional<String> location = response.headers().firstValue("Location");
      if (!REDIRECTS.contains(response.statusCode()) || location.isEmpty()) {
        return response;
      }
      response.body().close();
      URI next = at.resolve(location.get());
      if ("https".equals(at.getScheme()) && !"https".equals(next.getScheme())) {
        throw new BerthException(
            uri
                + " leads to "
                + next
                + ", which is not encrypted; download from there if you mean it");
      }
      at = next;
    }
    throw new BerthException(uri + " leads on from address to address; check the URL");
  }

  private Digest keep(URI uri, InputStream body) throws IOException {
    Files.createDirectories(directory);
    Path temporary = Files.createTempFile(directory, ".tmp-", "");
    try {
      Digester digester = Digester.sha256();
      try (OutputStream out = Files.newOutputStream(temporary)) {
        byte[] buffer = new byte[1 << 16];
        for (int n = body.read(buffer); n > 0; n = body.read(buffer)) {
          digester.update(buffer, 0, n);
          if (digester.size() > limit) {
            throw new InvalidInputException(
                uri
                    + " has more than the limit of "
                    + limit
                    + " bytes; raise the engine's unpackedLimit if it is meant to be so large");
          }
          out.write(buffer, 0, n);
        }
      }
      Digest digest = digester.digest();
      Files.move(temporary, directory.resolve(digest.hex()), StandardCopyOption.ATOMIC_MOVE);
      return digest;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private Download download(URI uri, Known known) {
    StepCache.touch(directory.resolve(known.digest().hex()));
    String path = uri.getPath() == null ? "" : uri.getPath();
    String name = path.substring(path.lastIndexOf('/') + 1);
    return new Download(
        directory.resolve(known.digest().hex()),
        known.digest(),
        known.modified().flatMap(Downloads::time).orElse(Instant.EPOCH),
        name.isEmpty() ? "__unnamed__" : name);
  }

  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(
          ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static byte[] bytes(Known known) {
    return new JsonWriter()
        .put("etag", known.etag())
        .put("modified", known.modified())
        .put("digest", known.digest().toString())
        .toBytes();
  }

  private static Known known(Path file, byte[] bytes) {
    JsonReader json = Json.parse(file.toString(), bytes);
    return new Known(
        json.optional("etag").map(JsonReader::string),
        json.optional("modified").map(JsonReader::string),
        json.at("digest").as("a digest", Digest::parse));
  }
}
