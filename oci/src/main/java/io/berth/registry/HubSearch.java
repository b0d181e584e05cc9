package io.berth.registry;

import io.berth.json.Json;
import io.berth.json.JsonReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Docker Hub's search, which is no part of the registry API. */
final class HubSearch {
  private static final int MAX_BYTES = 4 << 20;
  private static final int MAX_RESULTS = 100;

  private final Transport transport;
  private final RetryLoop retries;
  private final URI address;

  HubSearch(Transport transport, RetryLoop retries, URI address) {
    this.transport = transport;
    this.retries = retries;
    this.address = address;
  }

  List<SearchResult> search(String term, int limit) {
    String what = "search Docker Hub for " + term;
    URI uri =
        URI.create(
            address
                + "/v1/search?q="
                + URLEncoder.encode(term, StandardCharsets.UTF_8)
                + "&n="
                + Math.min(limit, MAX_RESULTS));
    return retries.run(what, () -> attempt(uri, what)).stream().limit(limit).toList();
  }

  private List<SearchResult> attempt(URI uri, String what) throws IOException, RetryLoop.Again {
    try (Response response = transport.send("GET", uri, Map.of(), Optional.empty())) {
      if (response.status() != 200) {
        throw Failures.of(response, what, "without credentials");
      }
      return Json.parse("search", response.bytes(MAX_BYTES), MAX_BYTES)
          .list("results", HubSearch::result);
    }
  }

  private static SearchResult result(JsonReader json) {
    return new SearchResult(
        json.string("name"),
        json.optionalString("description").orElse(""),
        json.optionalInteger("star_count").orElse(0L),
        json.flag("is_official"));
  }
}
