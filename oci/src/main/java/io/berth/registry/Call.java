package io.berth.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.hc.core5.http.HttpEntity;

/**
 * What is asked of a registry.
 *
 * @param target the path and query, or a whole address that the registry gave
 * @param what for errors: {@code pull redis:7}
 * @param scopes what a token must allow, such as {@code repository:library/redis:pull}
 * @param accepted the statuses that the caller handles; others become exceptions
 * @param body made anew for each attempt
 */
record Call(
    String method,
    String target,
    String what,
    List<String> scopes,
    Set<Integer> accepted,
    Map<String, String> headers,
    Optional<Supplier<HttpEntity>> body) {

  Call {
    scopes = List.copyOf(scopes);
    accepted = Set.copyOf(accepted);
    headers = Map.copyOf(headers);
  }

  Call(String method, String target, String what, String scope, Integer... accepted) {
    this(method, target, what, List.of(scope), Set.of(accepted), Map.of(), Optional.empty());
  }

  Call header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name, value);
    return new Call(method, target, what, scopes, accepted, more, body);
  }

  Call scope(String scope) {
    List<String> more = new ArrayList<>(scopes);
    more.add(scope);
    return new Call(method, target, what, more, accepted, headers, body);
  }

  Call body(Supplier<HttpEntity> content) {
    return new Call(method, target, what, scopes, accepted, headers, Optional.of(content));
  }

  static String pullScope(String path) {
    return "repository:" + path + ":pull";
  }

  static String pushScope(String path) {
    return "repository:" + path + ":pull,push";
  }

  static String deleteScope(String path) {
    // The digest of a tag has to be read first.
    return "repository:" + path + ":delete,pull";
  }
}
