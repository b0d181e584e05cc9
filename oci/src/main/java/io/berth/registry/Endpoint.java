package io.berth.registry;

import io.berth.error.InvalidInputException;
import java.net.URI;
import java.util.Optional;

/**
 * Where a registry is reached.
 *
 * @param registry what image names and credentials call it
 * @param address host and optional port
 * @param scheme {@code https} or {@code http}; empty where it has to be found out
 * @param insecure whether the certificate is not checked, and plain HTTP is allowed
 * @param mirror whether it stands in for another
 */
record Endpoint(
    String registry, String address, Optional<String> scheme, boolean insecure, boolean mirror) {

  /** Docker Hub's registry is not at the address that its images are named with. */
  private static final String HUB_ADDRESS = "registry-1.docker.io";

  static Endpoint origin(String domain, Insecure insecure) {
    String address = domain.equals("docker.io") ? HUB_ADDRESS : domain;
    boolean plain = insecure.allows(address);
    return new Endpoint(
        domain, address, plain ? Optional.empty() : Optional.of("https"), plain, false);
  }

  static Endpoint mirror(String place, Insecure insecure) {
    String rest = place;
    Optional<String> scheme = Optional.empty();
    int colon = place.indexOf("://");
    if (colon >= 0) {
      scheme = Optional.of(place.substring(0, colon));
      rest = place.substring(colon + 3);
    }
    String address = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
    boolean known = scheme.isEmpty() || scheme.get().matches("https?");
    if (!known || address.isEmpty() || address.indexOf('/') >= 0 || address.indexOf('@') >= 0) {
      throw new InvalidInputException(
          "Invalid mirror \"" + place + "\": expected host[:port], or https://host[:port]");
    }
    // Whoever writes http:// has decided.
    boolean plain = insecure.allows(address) || scheme.equals(Optional.of("http"));
    return new Endpoint(
        address,
        address,
        scheme.or(() -> plain ? Optional.empty() : Optional.of("https")),
        plain,
        true);
  }

  /** The start of all addresses, without a slash at its end. */
  URI base(String knownScheme) {
    return URI.create(knownScheme + "://" + address);
  }
}
