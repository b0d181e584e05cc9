package io.berth.registry;

import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes exceptions of answers that nobody asked for, with what the registry says of them. */
final class Failures {
  private static final int MAX_BYTES = 64 << 10;
  private static final int MAX_TEXT = 500;
  private static final Set<Integer> TEMPORARY = Set.of(408, 425, 429, 500, 502, 503, 504);

  private Failures() {}

  private record Said(Optional<String> code, String text) {}

  /**
   * What to throw; the response is read.
   *
   * @param what was to be done
   * @param identity who we are to the registry, such as {@code without credentials}
   * @throws RetryLoop.Again when another attempt may go well
   */
  static RuntimeException of(Response response, String what, String identity)
      throws RetryLoop.Again {
    Said said = read(response);
    int status = response.status();
    String start = "Cannot " + what + ": ";
    String reason = "HTTP " + status + (said.text().isEmpty() ? "" : ", " + said.text());
    if (status == 404) {
      return new NotFoundException(
          start + "not found (" + reason + "); check the name, and the platform");
    }
    if (status == 401 || status == 403) {
      return new RegistryException(
          start
              + "access denied "
              + identity
              + " ("
              + reason
              + "). The repository may not exist, or need other credentials: log in with docker"
              + " login, or give them to the engine with registryCredentials(registry, user,"
              + " password)",
          status);
    }
    if (status == 429 && isQuota(response, said)) {
      return new RegistryException(start + limit(response, reason, identity), status);
    }
    if (TEMPORARY.contains(status)) {
      String text = status == 429 ? limit(response, reason, identity) : reason;
      throw new RetryLoop.Again(
          retryAfter(response.header("Retry-After"), Instant.now()),
          new RegistryException(start + text, status));
    }
    if (said.code().equals(Optional.of("DIGEST_INVALID"))
        || said.code().equals(Optional.of("SIZE_INVALID"))) {
      return new InvalidInputException(start + reason);
    }
    return new RegistryException(start + reason + advice(status, said), status);
  }

  private static String advice(int status, Said said) {
    boolean unsupported = status == 405 || said.code().equals(Optional.of("UNSUPPORTED"));
    return unsupported
        ? "; the registry does not allow this (deletion, for example, has to be enabled in its"
            + " configuration)"
        : "";
  }

  /** Docker Hub's limit is for six hours: no pause helps. */
  private static boolean isQuota(Response response, Said said) {
    return said.text().contains("pull rate limit")
        || response.header("ratelimit-remaining").map(r -> r.startsWith("0")).orElse(false);
  }

  private static String limit(Response response, String reason, String identity) {
    // "100;w=21600": so many in so many seconds.
    String quota =
        response
            .header("ratelimit-limit")
            .map(l -> l.split(";w="))
            .filter(parts -> parts.length == 2 && parts[1].matches("\\d{1,9}"))
            .map(parts -> " of " + parts[0] + " in " + Long.parseLong(parts[1]) / 3600.0 + " h")
            .orElse("");
    String wait =
        response.header("Retry-After").map(after -> "; it says: retry after " + after).orElse("");
    return "the registry's limit"
        + quota
        + " is reached for requests "
        + identity
        + " ("
        + reason
        + ")"
        + wait
        + ". Wait, log in for a higher limit, or pull through a mirror (registryMirror)";
  }

  /** Seconds, or a date (RFC 9110, section 10.2.3). */
  static Optional<Duration> retryAfter(Optional<String> header, Instant now) {
    if (header.isEmpty()) {
      return Optional.empty();
    }
    String text = header.get().strip();
    if (text.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant then = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(now, then);
      return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Said read(Response response) {
    byte[] bytes;
    try {
      bytes = response.bytes(MAX_BYTES);
    } catch (IOException e) {
      return new Said(Optional.empty(), "");
    }
    try {
      List<String> texts = new ArrayList<>();
      Optional<String> code = Optional.empty();
      JsonReader json = Json.parse("errors", bytes);
      for (JsonReader error : json.at("errors").elements()) {
        Optional<String> own = error.optionalString("code");
        code = code.or(() -> own);
        texts.add(own.orElse("") + ": " + error.optionalString("message").orElse(""));
      }
      return new Said(code, shortened(String.join("; ", texts)));
    } catch (InvalidInputException e) {
      String text = new String(bytes, StandardCharsets.UTF_8);
      return new Said(Optional.empty(), text.startsWith("<") ? "" : shortened(text.strip()));
    }
  }

  /** Without control characters, which have no place in messages. */
  private static String shortened(String text) {
    String clean = text.replaceAll("[\\p{Cntrl}]+", " ");
    return clean.length() <= MAX_TEXT ? clean : clean.substring(0, MAX_TEXT) + "…";
  }
}
