package io.berth.server.api;

import io.berth.server.http.Exchange;
import io.berth.server.http.Handler;
import io.berth.server.http.HttpError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the endpoint for a request.
 *
 * <pre>{@code
 * router.get("/containers/{id}/json", call -> call.json(...));
 * router.get("/images/{name*}/json", ...); // a name may have slashes
 * }</pre>
 */
public final class Router implements Handler {
  private static final Pattern VERSION = Pattern.compile("/v([0-9.]+)(/.*)");

  private record Route(
      String method,
      PathTemplate path,
      ApiVersion since,
      Predicate<Call> condition,
      Endpoint endpoint) {}

  private final List<Route> routes = new ArrayList<>();
  private final String server;
  private Predicate<Call> condition = call -> true;

  /**
   * @param server what the server calls itself in its answers
   */
  public Router(String server) {
    this.server = server;
  }

  public Router get(String path, Endpoint endpoint) {
    return add("GET", path, ApiVersion.OLDEST, endpoint);
  }

  public Router head(String path, Endpoint endpoint) {
    return add("HEAD", path, ApiVersion.OLDEST, endpoint);
  }

  public Router post(String path, Endpoint endpoint) {
    return add("POST", path, ApiVersion.OLDEST, endpoint);
  }

  public Router put(String path, Endpoint endpoint) {
    return add("PUT", path, ApiVersion.OLDEST, endpoint);
  }

  public Router delete(String path, Endpoint endpoint) {
    return add("DELETE", path, ApiVersion.OLDEST, endpoint);
  }

  /** Routes are tried in the order in which they were added. */
  public Router add(String method, String path, ApiVersion since, Endpoint endpoint) {
    routes.add(new Route(method, new PathTemplate(path), since, condition, endpoint));
    return this;
  }

  /** Adds routes for those requests alone that a condition holds for; others go on looking. */
  public Router when(Predicate<Call> condition, Consumer<Router> routes) {
    Predicate<Call> outer = this.condition;
    this.condition = outer.and(condition);
    routes.accept(this);
    this.condition = outer;
    return this;
  }

  @Override
  public void handle(Exchange exchange) throws Exception {
    exchange.setHeader("Api-Version", ApiVersion.NEWEST.toString());
    exchange.setHeader("Docker-Experimental", "false");
    exchange.setHeader("Ostype", "linux");
    exchange.setHeader("Server", server);
    Matcher versioned = VERSION.matcher(exchange.path());
    String path = exchange.path();
    ApiVersion version = ApiVersion.NEWEST;
    if (versioned.matches()) {
      path = versioned.group(2);
    }
    for (Route route : routes) {
      Optional<Map<String, String>> match =
          route.method().equals(exchange.method()) ? route.path().match(path) : Optional.empty();
      if (match.isEmpty()) {
        continue;
      }
      if (versioned.matches()) {
        version = ApiVersion.parse(versioned.group(1));
      }
      if (version.compareTo(route.since()) >= 0) {
        Call call = new Call(exchange, version, match.get());
        if (route.condition().test(call)) {
          route.endpoint().answer(call);
          return;
        }
      }
    }
    throw HttpError.notFound("page not found");
  }
}
