package io.berth.registry;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How registries are talked to.
 *
 * <pre>{@code
 * RegistryOptions options = RegistryOptions.defaults()
 *     .withMirror("docker.io", "https://mirror.example.com")
 *     .withInsecure("registry.test:5000");
 * }</pre>
 *
 * @param credentials where user names and passwords come from
 * @param mirrors by registry, the places to pull from before it, best first: host and port, or an
 *     address with a scheme
 * @param insecure registries whose certificate is not checked, and that may speak plain HTTP: host,
 *     host and port, or a range of addresses such as {@code 10.0.0.0/8}. This machine's own
 *     addresses always are, as in Docker
 * @param authorities PEM files of certificate authorities to trust besides those of Java
 * @param certificateDirectories in Docker's layout: {@code HOST[:PORT]/*.crt} are authorities,
 *     {@code *.cert} and {@code *.key} a client's certificate
 * @param searchAddress where Docker Hub's search is
 * @param retries how often and with which pauses a call is tried again
 */
public record RegistryOptions(
    CredentialSource credentials,
    Map<String, List<String>> mirrors,
    Set<String> insecure,
    List<Path> authorities,
    List<Path> certificateDirectories,
    URI searchAddress,
    Retries retries) {

  public RegistryOptions {
    Map<String, List<String>> copy = new LinkedHashMap<>();
    mirrors.forEach((registry, places) -> copy.put(registry, List.copyOf(places)));
    mirrors = Map.copyOf(copy);
    insecure = Set.copyOf(insecure);
    authorities = List.copyOf(authorities);
    certificateDirectories = List.copyOf(certificateDirectories);
  }

  /** The credentials and certificates of this user's Docker; no mirrors. */
  public static RegistryOptions defaults() {
    return new RegistryOptions(
        DockerConfig.ofUser(),
        Map.of(),
        Set.of(),
        List.of(),
        List.of(
            Path.of(System.getProperty("user.home"), ".config", "docker", "certs.d"),
            Path.of("/etc/docker/certs.d")),
        URI.create("https://index.docker.io"),
        Retries.defaults());
  }

  /** This with credentials that are looked at before those it has. */
  public RegistryOptions withCredentials(CredentialSource first) {
    return new RegistryOptions(
        first.or(credentials),
        mirrors,
        insecure,
        authorities,
        certificateDirectories,
        searchAddress,
        retries);
  }

  /** This with one more mirror of a registry. */
  public RegistryOptions withMirror(String registry, String place) {
    Map<String, List<String>> more = new LinkedHashMap<>(mirrors);
    List<String> places = new ArrayList<>(mirrors.getOrDefault(registry, List.of()));
    places.add(place);
    more.put(registry, places);
    return new RegistryOptions(
        credentials, more, insecure, authorities, certificateDirectories, searchAddress, retries);
  }

  /** This with one more registry that need not be secure. */
  public RegistryOptions withInsecure(String registry) {
    Set<String> more = new LinkedHashSet<>(insecure);
    more.add(registry);
    return new RegistryOptions(
        credentials, mirrors, more, authorities, certificateDirectories, searchAddress, retries);
  }

  /** This with one more file of certificate authorities. */
  public RegistryOptions withAuthority(Path pem) {
    List<Path> more = new ArrayList<>(authorities);
    more.add(pem);
    return new RegistryOptions(
        credentials, mirrors, insecure, more, certificateDirectories, searchAddress, retries);
  }

  /** This with other directories of certificates. */
  public RegistryOptions withCertificateDirectories(List<Path> directories) {
    return new RegistryOptions(
        credentials, mirrors, insecure, authorities, directories, searchAddress, retries);
  }

  /** This with another place for searches. */
  public RegistryOptions withSearchAddress(URI address) {
    return new RegistryOptions(
        credentials, mirrors, insecure, authorities, certificateDirectories, address, retries);
  }

  /** This with other retries. */
  public RegistryOptions withRetries(Retries other) {
    return new RegistryOptions(
        credentials, mirrors, insecure, authorities, certificateDirectories, searchAddress, other);
  }
}
