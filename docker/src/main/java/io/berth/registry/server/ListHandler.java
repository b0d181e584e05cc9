package io.berth.registry.server;

import com.fasterxml.jackson.databind.node.TextNode;
import io.berth.json.JsonWriter;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.Index;
import io.berth.oci.MediaTypes;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Lists repositories, tags and referrers. */
final class ListHandler {
  private final Repositories repositories;
  private final Manifests manifests;

  ListHandler(Repositories repositories, Manifests manifests) {
    this.repositories = repositories;
    this.manifests = manifests;
  }

  Response catalog(Request request) {
    requireGet(request);
    Page page = Page.of(request, repositories.names());
    byte[] body =
        new JsonWriter().fullList("repositories", page.names, TextNode::valueOf).toBytes();
    return page.link(Response.json(200, body), "/v2/_catalog");
  }

  Response tags(Request request, String repository) {
    requireGet(request);
    if (!repositories.exists(repository)) {
      throw RegistryError.nameUnknown(repository);
    }
    Page page = Page.of(request, manifests.tags(repository));
    byte[] body =
        new JsonWriter()
            .put("name", repository)
            .fullList("tags", page.names, TextNode::valueOf)
            .toBytes();
    return page.link(Response.json(200, body), "/v2/" + repository + "/tags/list");
  }

  Response referrers(Request request, String repository, Digest subject) {
    requireGet(request);
    Optional<String> type = request.parameter("artifactType");
    List<Descriptor> found =
        manifests.referrers(repository, subject).stream()
            .filter(each -> type.isEmpty() || each.artifactType().equals(type))
            .toList();
    Response response =
        Response.json(200, Index.oci(found).toBytes()).with("Content-Type", MediaTypes.OCI_INDEX);
    return type.isPresent() ? response.with("OCI-Filters-Applied", "artifactType") : response;
  }

  private static void requireGet(Request request) {
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      throw RegistryError.methodNotAllowed(request.method(), "GET, HEAD");
    }
  }

  /** The part of a list that {@code n} and {@code last} ask for. */
  private record Page(List<String> names, Optional<String> next) {

    static Page of(Request request, List<String> sorted) {
      String last = request.parameter("last").orElse("");
      List<String> rest = sorted.stream().filter(name -> name.compareTo(last) > 0).toList();
      long wanted = request.parameter("n").map(Page::number).orElse(Long.MAX_VALUE);
      if (wanted >= rest.size()) {
        return new Page(rest, Optional.empty());
      }
      List<String> first = rest.subList(0, (int) wanted);
      return new Page(
          first,
          first.isEmpty()
              ? Optional.empty()
              : Optional.of("n=" + wanted + "&last=" + encode(first.get(first.size() - 1))));
    }

    private static long number(String text) {
      if (!text.matches("\\d{1,18}")) {
        throw RegistryError.paginationInvalid(text);
      }
      return Long.parseLong(text);
    }

    private static String encode(String text) {
      return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    Response link(Response response, String path) {
      return next.map(query -> response.with("Link", "<" + path + "?" + query + ">; rel=\"next\""))
          .orElse(response);
    }
  }
}
