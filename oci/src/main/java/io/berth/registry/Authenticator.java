package io.berth.registry;

import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Knows which Authorization header each registry wants, once it has said so. */
final class Authenticator {
  private final CredentialSource credentials;
  private final TokenServer tokens;
  private final Clock clock;
  private final Map<Key, Known> known = new ConcurrentHashMap<>();
  private final Map<String, Object> locks = new ConcurrentHashMap<>();

  /** Basic authentication is for all scopes: then the set is empty. */
  private record Key(String address, Set<String> scopes) {}

  private record Known(String header, Instant until) {}

  Authenticator(CredentialSource credentials, TokenServer tokens, Clock clock) {
    this.credentials = credentials;
    this.tokens = tokens;
    this.clock = clock;
  }

  /** What to send without being asked again. */
  Optional<String> header(Endpoint endpoint, List<String> scopes) {
    return valid(new Key(endpoint.address(), Set.of()))
        .or(() -> valid(new Key(endpoint.address(), new TreeSet<>(scopes))));
  }

  private Optional<String> valid(Key key) {
    return Optional.ofNullable(known.get(key))
        .filter(k -> clock.instant().isBefore(k.until()))
        .map(Known::header);
  }

  /**
   * Answers a challenge.
   *
   * @param scheme the endpoint's
   * @param refused what was sent and refused
   * @return what to send instead; empty when there is nothing better
   */
  Optional<String> answer(
      Endpoint endpoint,
      String scheme,
      List<String> scopes,
      List<Challenge> challenges,
      Optional<String> refused) {
    // One at a time for a registry: the others find the token that the first one got.
    synchronized (locks.computeIfAbsent(endpoint.address(), address -> new Object())) {
      Optional<String> present = header(endpoint, scopes);
      if (present.isPresent() && !present.equals(refused)) {
        return present;
      }
      return ask(endpoint, scheme, scopes, challenges).filter(h -> !refused.equals(Optional.of(h)));
    }
  }

  private Optional<String> ask(
      Endpoint endpoint, String scheme, List<String> scopes, List<Challenge> challenges) {
    Optional<Credentials> own = credentials.find(endpoint.registry());
    for (Challenge challenge : challenges) {
      if (challenge.scheme().equals("bearer")) {
        Key key = new Key(endpoint.address(), new TreeSet<>(scopes));
        if (own.isPresent() && own.get().kind() == Credentials.Kind.BEARER_TOKEN) {
          return learn(key, "Bearer " + own.get().secret(), Instant.MAX);
        }
        Set<String> wanted = new LinkedHashSet<>(scopes);
        challenge.parameter("scope").ifPresent(scope -> addScopes(wanted, scope));
        boolean secure = scheme.equals("https") && !endpoint.insecure();
        TokenServer.Token token = tokens.fetch(challenge, wanted, own, secure);
        return learn(key, "Bearer " + token.value(), token.until());
      }
    }
    for (Challenge challenge : challenges) {
      if (challenge.scheme().equals("basic")
          && own.isPresent()
          && own.get().kind() == Credentials.Kind.PASSWORD) {
        return learn(new Key(endpoint.address(), Set.of()), own.get().basic(), Instant.MAX);
      }
    }
    return Optional.empty();
  }

  /** One that asks for nothing that we do not ask for already adds nothing. */
  private static void addScopes(Set<String> wanted, String offered) {
    for (String scope : offered.split(" ")) {
      String resource = scope.substring(0, scope.lastIndexOf(':') + 1);
      if (wanted.stream().noneMatch(own -> own.startsWith(resource))) {
        wanted.add(scope);
      }
    }
  }

  private Optional<String> learn(Key key, String header, Instant until) {
    known.put(key, new Known(header, until));
    return Optional.of(header);
  }

  /** Who we are at a registry, for error messages. */
  String identity(Endpoint endpoint) {
    return credentials
        .find(endpoint.registry())
        .map(own -> "with the " + own)
        .orElse("without credentials");
  }
}
