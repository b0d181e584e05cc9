package io.berth.registry;

import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.oci.Descriptor;
import io.berth.oci.ImageSink;
import io.berth.oci.ImageSource;
import io.berth.oci.Reference;
import java.net.ProxySelector;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The client over HTTP: where its parts are wired. */
final class HttpRegistryClient implements RegistryClient {
  private final RegistryOptions options;
  private final Insecure insecure;
  private final Transport transport;
  private final EndpointCaller caller;
  private final Manifests manifests;
  private final Blobs blobs;
  private final Listings listings;
  private final HubSearch hub;

  HttpRegistryClient(RegistryOptions options) {
    this(
        options,
        new Transport(
            new Certificates(options.authorities(), options.certificateDirectories()),
            new Insecure(options.insecure()),
            new Proxies(System.getenv(), ProxySelector.getDefault())));
  }

  private HttpRegistryClient(RegistryOptions options, Transport transport) {
    this.options = options;
    this.insecure = new Insecure(options.insecure());
    this.transport = transport;
    options.mirrors().values().forEach(l -> l.forEach(m -> Endpoint.mirror(m, insecure)));
    RetryLoop retries = new RetryLoop(options.retries());
    this.caller = caller(options.credentials(), retries);
    this.manifests = new Manifests(caller);
    this.blobs = new Blobs(caller);
    this.listings = new Listings(caller);
    this.hub = new HubSearch(transport, retries, options.searchAddress());
  }

  private EndpointCaller caller(CredentialSource credentials, RetryLoop retries) {
    Clock clock = Clock.systemUTC();
    TokenServer tokens = new TokenServer(transport, retries, clock);
    return new EndpointCaller(transport, new Authenticator(credentials, tokens, clock), retries);
  }

  @Override
  public Optional<Descriptor> find(Reference reference) {
    String name = Repository.name(reference);
    for (Repository place : places(reference)) {
      try {
        Optional<Descriptor> found = manifests.head(place, name);
        if (found.isPresent()) {
          return found;
        }
      } catch (NotFoundException | RegistryException e) {
        if (!place.endpoint().mirror()) {
          throw e;
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public ImageSource pull(Reference reference) {
    return new RegistryImage(caller, manifests, places(reference), reference);
  }

  @Override
  public ImageSink push(Reference reference, Mounts mounts) {
    return new RegistryTarget(manifests, blobs, origin(reference), reference, mounts);
  }

  @Override
  public List<String> tags(Reference repository) {
    return listings.tags(origin(repository));
  }

  @Override
  public List<String> repositories(String registry) {
    return listings.repositories(Endpoint.origin(registry, insecure));
  }

  @Override
  public List<SearchResult> search(String term, int limit) {
    if (term.isBlank() || limit < 1) {
      throw new InvalidInputException(
          "Cannot search for \"" + term + "\": expected a word, and a limit of at least 1");
    }
    int slash = term.indexOf('/');
    String host = slash < 0 ? "" : term.substring(0, slash);
    boolean registry = host.equals("localhost") || host.matches(".*[.:].*");
    if (!registry || host.equals(Reference.DOCKER_HUB)) {
      return hub.search(registry ? term.substring(slash + 1) : term, limit);
    }
    String part = term.substring(slash + 1).toLowerCase(Locale.ROOT);
    return repositories(host).stream()
        .filter(name -> name.contains(part))
        .limit(limit)
        .map(name -> new SearchResult(host + "/" + name, "", 0, false))
        .toList();
  }

  @Override
  public void delete(Reference reference) {
    Repository repository = origin(reference);
    if (reference.digest().isPresent()) {
      manifests.delete(repository, reference.digest().get().toString());
      return;
    }
    String tag = Repository.name(reference);
    Descriptor named =
        manifests
            .head(repository, tag)
            .orElseThrow(
                () ->
                    new NotFoundException(
                        "No such image on " + reference.domain() + ": " + reference.familiar()));
    if (!manifests.delete(repository, tag)) {
      manifests.delete(repository, named.digest().toString());
    }
  }

  @Override
  public void check(String registry, Credentials credentials) {
    Endpoint endpoint = Endpoint.origin(registry, insecure);
    Call call =
        new Call(
            "GET",
            "/v2/",
            "log in to " + registry,
            List.of(),
            Set.of(200),
            Map.of(),
            Optional.empty());
    EndpointCaller other = caller(asked -> Optional.of(credentials), caller.retries());
    try (Response response = other.call(endpoint, call)) {
      response.finish();
    }
  }

  @Override
  public RegistryClient as(String registry, Credentials credentials) {
    return new HttpRegistryClient(
        options.withCredentials(
            asked -> asked.equals(registry) ? Optional.of(credentials) : Optional.empty()),
        transport);
  }

  private Repository origin(Reference reference) {
    return new Repository(Endpoint.origin(reference.domain(), insecure), reference.path());
  }

  /** The mirrors, and then the registry itself. */
  private List<Repository> places(Reference reference) {
    List<Repository> places = new ArrayList<>();
    for (String mirror : options.mirrors().getOrDefault(reference.domain(), List.of())) {
      places.add(new Repository(Endpoint.mirror(mirror, insecure), reference.path()));
    }
    places.add(origin(reference));
    return places;
  }

  @Override
  public void close() {
    transport.close();
  }
}
