package io.berth.registry.server;

import io.berth.error.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the requests of the distribution-spec, whatever they came over. Thread-safe. */
final class RegistryApi {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryApi.class);
  private static final byte[] NO_FIELDS = "{}".getBytes(StandardCharsets.US_ASCII);

  private final BasicAuth auth;
  private final BlobHandler blobs;
  private final UploadHandler uploads;
  private final ManifestHandler manifests;
  private final ListHandler lists;

  RegistryApi(
      Repositories repositories,
      Manifests stored,
      UnusedBlobs unused,
      Uploads uploads,
      BasicAuth auth) {
    this.auth = auth;
    this.blobs = new BlobHandler(repositories);
    this.uploads = new UploadHandler(repositories, uploads);
    this.manifests = new ManifestHandler(stored, unused);
    this.lists = new ListHandler(repositories, stored);
  }

  /**
   * @throws IOException when the request's body cannot be read: there is nobody to answer then
   */
  Response handle(Request request) throws IOException {
    Response response;
    try {
      auth.check(request);
      response = route(request);
    } catch (RegistryError e) {
      response = e.response();
    } catch (InvalidInputException e) {
      response = RegistryError.manifestInvalid(e.getMessage()).response();
    } catch (RuntimeException e) {
      LOG.error("{} {} failed", request.method(), request.path(), e);
      response = RegistryError.internal("The registry failed; see its log").response();
    }
    return response.with("Docker-Distribution-Api-Version", "registry/2.0");
  }

  private Response route(Request request) throws IOException {
    Endpoint.Match match =
        Endpoint.of(request.path())
            .orElseThrow(() -> RegistryError.unsupported("Nothing is at " + request.path()));
    if (match.endpoint() == Endpoint.BASE) {
      return Response.json(200, NO_FIELDS);
    }
    if (match.endpoint() == Endpoint.CATALOG) {
      return lists.catalog(request);
    }
    String repository = Names.repository(match.repository());
    return switch (match.endpoint()) {
      case UPLOADS -> uploads.begin(request, repository);
      case UPLOAD -> uploads.resume(request, repository, match.last());
      case BLOB -> blobs.handle(request, repository, Names.digest(match.last()));
      case MANIFEST -> manifests.handle(request, repository, match.last());
      case TAGS -> lists.tags(request, repository);
      case REFERRERS -> lists.referrers(request, repository, Names.digest(match.last()));
      case BASE, CATALOG -> throw new IllegalStateException(match.endpoint().toString());
    };
  }
}
