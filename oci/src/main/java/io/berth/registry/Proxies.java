package io.berth.registry;

import io.berth.error.InvalidInputException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;

/**
 * Which proxy leads to an address: what Java's own properties say where they are set, else {@code
 * HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY}, in either case and as Docker reads them.
 * This machine's own addresses are never asked of a proxy of the environment.
 */
final class Proxies extends ProxySelector {
  private final Map<String, URI> byScheme;
  private final List<String> direct;
  private final ProxySelector otherwise;

  /**
   * @param environment the variables of this process
   * @param otherwise asked for schemes of which they say nothing
   * @throws InvalidInputException when a variable is no address of a proxy
   */
  Proxies(Map<String, String> environment, ProxySelector otherwise) {
    this.otherwise = otherwise;
    Map<String, URI> found = new HashMap<>();
    for (String scheme : List.of("http", "https")) {
      String name = scheme + "_proxy";
      variable(environment, name).ifPresent(text -> found.put(scheme, address(name, text)));
    }
    this.byScheme = Map.copyOf(found);
    this.direct =
        Arrays.stream(variable(environment, "no_proxy").orElse("").split("[,\\s]+"))
            .map(entry -> entry.toLowerCase(Locale.ROOT))
            .filter(entry -> !entry.isEmpty())
            .toList();
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name.toUpperCase(Locale.ROOT)))
        .filter(text -> !text.isBlank())
        .or(() -> Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank()))
        .map(String::strip);
  }

  private static URI address(String name, String text) {
    try {
      URI uri = URI.create(text.contains("://") ? text : "http://" + text);
      if (uri.getHost() != null && "http".equals(uri.getScheme())) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // said below, without the password that it may contain
    }
    throw new InvalidInputException(
        "Cannot use the proxy of "
            + name.toUpperCase(Locale.ROOT)
            + ": expected an address like http://proxy.example.com:3128");
  }

  @Override
  public List<Proxy> select(URI target) {
    URI proxy = byScheme.get(target.getScheme());
    boolean java = System.getProperty(target.getScheme() + ".proxyHost") != null;
    if (proxy == null || java) {
      return otherwise == null ? List.of(Proxy.NO_PROXY) : otherwise.select(target);
    }
    if (isDirect(target)) {
      return List.of(Proxy.NO_PROXY);
    }
    return List.of(
        new Proxy(
            Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port(proxy))));
  }

  private static int port(URI proxy) {
    return proxy.getPort() < 0 ? 80 : proxy.getPort();
  }

  private boolean isDirect(URI target) {
    String host = target.getHost().toLowerCase(Locale.ROOT);
    if (new Insecure(Set.of()).allows(host)) {
      return true; // this machine
    }
    int port = target.getPort() >= 0 ? target.getPort() : port(target.getScheme());
    return direct.stream().anyMatch(entry -> matches(entry, host, port));
  }

  private static int port(String scheme) {
    return scheme.equals("https") ? 443 : 80;
  }

  private static boolean matches(String entry, String host, int port) {
    if (entry.equals("*")) {
      return true;
    }
    if (entry.indexOf('/') >= 0) {
      return isInRange(entry, host);
    }
    if (entry.indexOf(':') != entry.lastIndexOf(':')) {
      return Insecure.host(host).equals(Insecure.host(entry)); // an IPv6 address
    }
    String name = entry;
    int colon = entry.lastIndexOf(':');
    if (colon >= 0) {
      if (!entry.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      name = entry.substring(0, colon);
    }
    // "example.com" is meant with all below it, ".example.com" and "*.example.com" without itself.
    String suffix = name.startsWith("*.") ? name.substring(1) : name;
    return suffix.startsWith(".")
        ? host.endsWith(suffix)
        : host.equals(suffix) || host.endsWith("." + suffix);
  }

  private static boolean isInRange(String range, String host) {
    try {
      return new Insecure(Set.of(range)).isDeclared(host);
    } catch (InvalidInputException e) {
      return false; // other programs read the variable too, perhaps with more forms
    }
  }

  /** The names and passwords in the proxies' addresses, which go to the proxies alone. */
  Optional<CredentialsProvider> credentials() {
    BasicCredentialsProvider store = new BasicCredentialsProvider();
    boolean any = false;
    for (URI proxy : byScheme.values()) {
      String user = proxy.getRawUserInfo();
      if (user != null) {
        any = true;
        String[] parts = user.split(":", 2);
        store.setCredentials(
            new AuthScope(proxy.getHost(), port(proxy)),
            new UsernamePasswordCredentials(
                decoded(parts[0]), decoded(parts.length > 1 ? parts[1] : "").toCharArray()));
      }
    }
    return any ? Optional.of(store) : Optional.empty();
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public void connectFailed(URI target, SocketAddress proxy, IOException why) {
    if (otherwise != null) {
      otherwise.connectFailed(target, proxy, why);
    }
  }
}
