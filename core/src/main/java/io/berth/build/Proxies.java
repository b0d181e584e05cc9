package io.berth.build;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The build arguments that need no ARG, and that change no result: where to find proxies. */
final class Proxies {
  static final Set<String> NAMES =
      Set.of(
          "HTTP_PROXY",
          "http_proxy",
          "HTTPS_PROXY",
          "https_proxy",
          "FTP_PROXY",
          "ftp_proxy",
          "NO_PROXY",
          "no_proxy",
          "ALL_PROXY",
          "all_proxy");

  private Proxies() {}

  static Map<String, String> in(Map<String, String> buildArgs) {
    Map<String, String> proxies = new TreeMap<>(buildArgs);
    proxies.keySet().retainAll(NAMES);
    return proxies;
  }
}
