package io.berth.registry;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Makes calls to registries: owns authentication, retries, redirects and errors. Credentials go to
 * the registry itself only, never to where it redirects.
 */
final class EndpointCaller {
  private static final int MAX_REDIRECTS = 5;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final Transport transport;
  private final Authenticator authenticator;
  private final RetryLoop retries;
  private final Map<String, String> schemes = new ConcurrentHashMap<>();

  EndpointCaller(Transport transport, Authenticator authenticator, RetryLoop retries) {
    this.transport = transport;
    this.authenticator = authenticator;
    this.retries = retries;
  }

  /**
   * Makes a call.
   *
   * @return the answer, with one of the accepted statuses; to be closed
   * @throws RegistryException when the registry refuses or cannot be reached
   * @throws io.berth.error.NotFoundException on 404, unless that is accepted
   */
  Response call(Endpoint endpoint, Call call) {
    return retries.run(call.what(), () -> attempt(endpoint, call));
  }

  /** As {@link #call}, but for one attempt of a caller that begins anew after a failure. */
  Response callOnce(Endpoint endpoint, Call call) throws IOException, RetryLoop.Again {
    return attempt(endpoint, call);
  }

  RetryLoop retries() {
    return retries;
  }

  /** The whole address of a path at an endpoint. */
  URI address(Endpoint endpoint, String target) {
    URI base = endpoint.base(scheme(endpoint));
    return target.startsWith("/") ? URI.create(base + target) : URI.create(target);
  }

  private Response attempt(Endpoint endpoint, Call call) throws IOException, RetryLoop.Again {
    String scheme = scheme(endpoint);
    Optional<String> used = authenticator.header(endpoint, call.scopes());
    Answer answer = follow(endpoint, scheme, call, used);
    Response response = answer.response();
    // Who is redirected to must not say where the registry's credentials go (CVE-2020-15157).
    if (response.status() == 401 && answer.own()) {
      List<Challenge> challenges = Challenge.parse(response.headers("WWW-Authenticate"));
      Optional<String> better;
      try {
        better = authenticator.answer(endpoint, scheme, call.scopes(), challenges, used);
      } catch (RuntimeException e) {
        response.close();
        throw e;
      }
      if (better.isPresent()) {
        response.finish();
        response = follow(endpoint, scheme, call, better).response();
      }
    }
    if (call.accepted().contains(response.status())) {
      return response;
    }
    try (Response refused = response) {
      throw Failures.of(refused, call.what(), authenticator.identity(endpoint));
    }
  }

  /**
   * @param own whether it is the registry's, and not of where it redirects
   */
  private record Answer(Response response, boolean own) {}

  private Answer follow(Endpoint endpoint, String scheme, Call call, Optional<String> authorization)
      throws IOException {
    URI base = endpoint.base(scheme);
    URI uri = address(endpoint, call.target());
    for (int hop = 0; ; hop++) {
      Map<String, String> headers = new LinkedHashMap<>(call.headers());
      boolean own = isSameOrigin(base, uri);
      if (authorization.isPresent() && own) {
        headers.put("Authorization", authorization.get());
      }
      Response response =
          transport.send(call.method(), uri, headers, call.body().map(Supplier::get));
      Optional<String> location = response.header("Location");
      if (!isRedirect(call, response.status()) || location.isEmpty()) {
        return new Answer(response, own);
      }
      response.finish();
      if (hop == MAX_REDIRECTS) {
        throw new RegistryException(
            "Cannot " + call.what() + ": more than " + MAX_REDIRECTS + " redirects",
            response.status());
      }
      uri = next(endpoint, uri, location.get(), call, response.status());
    }
  }

  private static boolean isRedirect(Call call, int status) {
    boolean reads = call.method().equals("GET") || call.method().equals("HEAD");
    // The others would turn an upload into a GET.
    return reads ? REDIRECTS.contains(status) : status == 307 || status == 308;
  }

  static URI next(Endpoint endpoint, URI from, String location, Call call, int status) {
    URI next;
    try {
      next = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new RegistryException("Cannot " + call.what() + ": redirected to " + location, e);
    }
    boolean https = "https".equals(next.getScheme());
    boolean plain = "http".equals(next.getScheme());
    boolean downgraded = plain && "https".equals(from.getScheme()) && !endpoint.insecure();
    if (next.getHost() == null || !https && !plain || downgraded) {
      throw new RegistryException(
          "Cannot "
              + call.what()
              + ": redirected to "
              + (downgraded ? next.getHost() + " without encryption" : "no web address")
              + ", refused",
          status);
    }
    return next;
  }

  static boolean isSameOrigin(URI one, URI other) {
    return one.getScheme().equals(other.getScheme())
        && one.getHost() != null
        && one.getHost().equalsIgnoreCase(other.getHost())
        && port(one) == port(other);
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return uri.getScheme().equals("https") ? 443 : 80;
  }

  /** Insecure registries may speak plain HTTP; they are asked once, without credentials. */
  private String scheme(Endpoint endpoint) {
    if (endpoint.scheme().isPresent()) {
      return endpoint.scheme().get();
    }
    String known = schemes.get(endpoint.address());
    if (known != null) {
      return known;
    }
    // With a port, plain first: many plain servers let a TLS client wait, but no TLS server a plain
    // one. Without a port, the two have ports of their own, and TLS is preferred.
    boolean port = endpoint.address().matches(".*:\\d+");
    String first = port ? "http" : "https";
    String other = port ? "https" : "http";
    try (Response response =
        transport.send(
            "GET",
            URI.create(first + "://" + endpoint.address() + "/v2/"),
            Map.of(),
            Optional.empty())) {
      response.finish();
      String found = port && wantsTls(response) ? other : first;
      schemes.put(endpoint.address(), found);
      return found;
    } catch (ConnectException e) {
      return port ? first : other; // perhaps nobody listens yet, so this is not remembered
    } catch (IOException e) {
      schemes.put(endpoint.address(), other);
      return other;
    }
  }

  /** How TLS servers answer plain requests, if they do; registries have no such answers. */
  private static boolean wantsTls(Response response) {
    return response.status() == 400
        || response.status() == 426
        || response.header("Location").map(to -> to.startsWith("https:")).orElse(false);
  }
}
