package io.berth.remote.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.BuildRequest;
import io.berth.api.ContextSource;
import io.berth.api.Image;
import io.berth.api.Images;
import io.berth.api.ImportRequest;
import io.berth.api.LoadRequest;
import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.api.PullRequest;
import io.berth.api.PushRequest;
import io.berth.api.SaveRequest;
import io.berth.dockerfile.Dockerfile;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.image.Registries;
import io.berth.oci.Reference;
import io.berth.registry.CredentialSource;
import io.berth.registry.RegistryClient;
import io.berth.registry.RegistryOptions;
import io.berth.registry.SearchResult;
import io.berth.remote.call.Api;
import io.berth.remote.call.Call;
import io.berth.remote.call.Filters;
import io.berth.remote.call.RemoteException;
import io.berth.server.wire.DeletedImage;
import io.berth.server.wire.ImagePruneReport;
import io.berth.server.wire.SearchEntry;
import io.berth.server.wire.WireJson;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The images of a remote engine. What the API has no words for, tags and manifests on registries,
 * this program asks of the registries itself.
 */
public final class ImagesClient implements Images, AutoCloseable {
  private final Api api;
  private final CredentialSource credentials;
  private final Registries registries;

  /**
   * @param options for registries: whose credentials are lent to the engine
   */
  public ImagesClient(Api api, RegistryOptions options) {
    this.api = api;
    this.credentials = options.credentials();
    this.registries = new Registries(options);
  }

  Api api() {
    return api;
  }

  CredentialSource credentials() {
    return credentials;
  }

  // ---- Building ---------------------------------------------------------------------------------

  @Override
  public BuildRequest build(Path context) {
    return build(ContextSource.directory(context));
  }

  @Override
  public BuildRequest build(ContextSource context) {
    return new RemoteBuildRequest(this, Optional.of(context), Optional.empty());
  }

  @Override
  public BuildRequest build(Dockerfile dockerfile) {
    return new RemoteBuildRequest(this, Optional.empty(), Optional.of(dockerfile));
  }

  @Override
  public ImportRequest importRootfs(InputStream tar) {
    return new RemoteImportRequest(this, "-", Optional.of(tar));
  }

  @Override
  public ImportRequest importRootfs(URI address) {
    if (!Set.of("http", "https").contains(String.valueOf(address.getScheme()))) {
      throw new InvalidInputException(
          "Invalid address " + address + ": expected http:// or https://");
    }
    return new RemoteImportRequest(this, address.toString(), Optional.empty());
  }

  // ---- What there is ----------------------------------------------------------------------------

  @Override
  public List<Image> list() {
    List<Image> all = new ArrayList<>();
    for (JsonNode each : api.get("/images/json").tree()) {
      find(each.path("Id").asText()).ifPresent(all::add);
    }
    all.sort(Comparator.comparing(Image::created).reversed());
    return all;
  }

  @Override
  public Optional<Image> find(String name) {
    String path = "/images/" + Call.part(name);
    try {
      Optional<JsonNode> details =
          name.isEmpty() ? Optional.empty() : api.get(path + "/json").find(JsonNode.class);
      return details.map(d -> ImageDocuments.read(d, history(d)));
    } catch (InvalidInputException e) {
      // As in an embedded engine: what is no name is the name of nothing.
      return Optional.empty();
    }
  }

  private JsonNode history(JsonNode details) {
    return api.get("/images/" + Call.part(details.path("Id").asText()) + "/history").tree();
  }

  @Override
  public Image get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "No such image: "
                        + name
                        + " (looked on the engine at "
                        + api.address()
                        + "; pull it with images().pull(\""
                        + name
                        + "\"))"));
  }

  @Override
  public Image tag(String source, String target) {
    Reference to = Reference.parse(target).withDefaultTag();
    api.post("/images/" + Call.part(source) + "/tag")
        .query("repo", to.nameOnly().familiar())
        .query("tag", to.tag().orElseThrow())
        .done();
    return get(to.familiar());
  }

  @Override
  public List<String> remove(String name, boolean force) {
    JsonNode gone = api.delete("/images/" + Call.part(name)).query("force", force ? 1 : 0).tree();
    List<String> lines = new ArrayList<>();
    gone.forEach(g -> line(WireJson.read(g, DeletedImage.class)).forEach(lines::add));
    return lines;
  }

  private static Stream<String> line(DeletedImage gone) {
    return Stream.of(
            Optional.ofNullable(gone.untagged()).map(u -> "Untagged: " + u),
            Optional.ofNullable(gone.deleted()).map(d -> "Deleted: " + d))
        .flatMap(Optional::stream);
  }

  @Override
  public Pruned prune(boolean all, PruneFilter filter) {
    Map<String, List<String>> filters = new LinkedHashMap<>(Filters.of(filter));
    filters.put("dangling", List.of(String.valueOf(!all)));
    ImagePruneReport report =
        api.post("/images/prune").filters(filters).read(ImagePruneReport.class);
    List<DeletedImage> gone = report.imagesDeleted() == null ? List.of() : report.imagesDeleted();
    return new Pruned(gone.stream().flatMap(ImagesClient::line).toList(), report.spaceReclaimed());
  }

  // ---- Transfers --------------------------------------------------------------------------------

  @Override
  public PullRequest pull(String reference) {
    return new RemotePullRequest(this, reference);
  }

  @Override
  public PushRequest push(String reference) {
    return new RemotePushRequest(this, reference);
  }

  @Override
  public SaveRequest save(String... names) {
    return new RemoteSaveRequest(this, List.of(names));
  }

  @Override
  public void exportRootfs(String name, OutputStream tar) {
    throw api().cannot("write the files of an image", "export a container that was made from it");
  }

  @Override
  public LoadRequest load(InputStream archive) {
    return new RemoteLoadRequest(
        this,
        () ->
            new java.io.FilterInputStream(archive) {
              @Override
              public void close() {
                // The caller's.
              }
            });
  }

  @Override
  public LoadRequest load(Path archive) {
    return RemoteLoadRequest.ofFile(this, archive);
  }

  @Override
  public List<SearchResult> search(String term, int limit) {
    try {
      List<SearchResult> found = new ArrayList<>();
      for (JsonNode each :
          api.get("/images/search").query("term", term).query("limit", limit).tree()) {
        SearchEntry entry = WireJson.read(each, SearchEntry.class);
        found.add(
            new SearchResult(entry.name(), entry.description(), entry.stars(), entry.official()));
      }
      return found;
    } catch (RemoteException e) {
      throw TransferLines.registry(e.getMessage());
    }
  }

  @Override
  public List<String> remoteTags(String repository) {
    return registry().tags(Reference.parse(repository));
  }

  @Override
  public void removeRemote(String reference) {
    registry().delete(Reference.parse(reference).withDefaultTag());
  }

  @Override
  public RegistryClient registry() {
    return registries.client();
  }

  @Override
  public void close() {
    registries.close();
  }
}
