package io.berth.registry;

import io.berth.error.InvalidInputException;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lists of a registry, page by page: tags of a repository, and repositories. */
final class Listings {
  private static final int PAGE = 1000;
  private static final int MAX_PAGES = 10_000;
  private static final int MAX_BYTES = 16 << 20;
  // RFC 8288: <target>; rel="next"
  private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;.*\\brel=\"?next\"?.*");

  private final EndpointCaller caller;

  Listings(EndpointCaller caller) {
    this.caller = caller;
  }

  List<String> tags(Repository repository) {
    return all(
        repository.endpoint(),
        repository.target("tags", "list") + "?n=" + PAGE,
        "tags",
        "list the tags of " + repository,
        Call.pullScope(repository.path()));
  }

  List<String> repositories(Endpoint endpoint) {
    return all(
        endpoint,
        "/v2/_catalog?n=" + PAGE,
        "repositories",
        "list the repositories of " + endpoint.registry(),
        "registry:catalog:*");
  }

  private List<String> all(
      Endpoint endpoint, String first, String field, String what, String scope) {
    List<String> names = new ArrayList<>();
    String target = first;
    for (int page = 0; page < MAX_PAGES; page++) {
      Call call = new Call("GET", target, what, scope, 200);
      try (Response response = caller.call(endpoint, call)) {
        byte[] bytes = response.bytes(MAX_BYTES);
        Json.parse(field, bytes, MAX_BYTES)
            .optional(field)
            .ifPresent(
                list -> list.elements().stream().map(JsonReader::string).forEach(names::add));
        Optional<String> next =
            response
                .header("Link")
                .map(NEXT::matcher)
                .filter(Matcher::matches)
                .map(m -> m.group(1));
        if (next.isEmpty()) {
          return List.copyOf(names);
        }
        target = resolve(endpoint, target, next.get(), what);
      } catch (IOException e) {
        throw new RegistryException("Cannot " + what + ": " + RetryLoop.describe(e), e);
      }
    }
    throw new InvalidInputException("Cannot " + what + ": the list has no end");
  }

  private String resolve(Endpoint endpoint, String current, String next, String what) {
    URI from = caller.address(endpoint, current);
    URI to;
    try {
      to = from.resolve(next);
    } catch (IllegalArgumentException e) {
      throw new RegistryException("Cannot " + what + ": invalid Link " + next, e);
    }
    if (!from.getRawAuthority().equals(to.getRawAuthority()) || to.equals(from)) {
      throw new RegistryException(
          "Cannot " + what + ": the registry says to go on at " + to + ", refused", 200);
    }
    return to.getRawQuery() == null ? to.getRawPath() : to.getRawPath() + "?" + to.getRawQuery();
  }
}
