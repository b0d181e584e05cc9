package io.berth.server.resource;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.Image;
import io.berth.api.Images;
import io.berth.api.ImportRequest;
import io.berth.api.LoadRequest;
import io.berth.api.Progress;
import io.berth.api.PullRequest;
import io.berth.api.PushRequest;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.oci.Reference;
import io.berth.server.api.Call;
import io.berth.server.api.Filters;
import io.berth.server.api.JsonLines;
import io.berth.server.api.Router;
import io.berth.server.http.HttpError;
import io.berth.server.wire.ProgressLine;
import io.berth.server.wire.SearchEntry;
import io.berth.server.wire.WireJson;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Images on their way in and out: from and to registries and archives. */
final class TransferResource {
  private static final long MOST_FOUND = 100;
  private static final long USUALLY_FOUND = 25;

  private final Images images;

  TransferResource(Images images) {
    this.images = images;
  }

  void routes(Router router) {
    router
        .post("/images/create", this::create)
        .post("/images/load", this::load)
        .post("/images/{name*}/push", this::push)
        .get("/images/search", this::search)
        .get("/images/get", call -> save(call, call.query().all("names")))
        .get("/images/{name*}/get", call -> save(call, List.of(call.parameter("name"))));
  }

  // ---- Pull and import --------------------------------------------------------------------------

  private void create(Call call) throws Exception {
    if (call.query().optional("fromImage").isPresent()) {
      pull(call);
    } else if (call.query().optional("fromSrc").isPresent()) {
      importRootfs(call);
    } else {
      throw HttpError.badRequest(
          "invalid reference format: neither fromImage nor fromSrc is given");
    }
  }

  private void pull(Call call) throws Exception {
    String name = ImageNames.with(call.query().get("fromImage"), call.query().get("tag"));
    PullRequest request = images.pull(name);
    call.query().optional("platform").ifPresent(request::platform);
    RegistryAuth.of(call).ifPresent(request::credentials);
    JsonLines lines = new JsonLines(call);
    try {
      request.progress(new ProgressLines(lines, false)).execute();
    } catch (RuntimeException e) {
      lines.fail(e instanceof NotFoundException ? denied(name, e) : e);
    }
  }

  /** In the words by which the docker command tells "not there" from other errors. */
  private static HttpError denied(String name, Exception cause) {
    return new HttpError(
        404, "manifest for " + ImageNames.full(name) + " not found: " + cause.getMessage(), cause);
  }

  private void importRootfs(Call call) throws Exception {
    String source = call.query().get("fromSrc");
    JsonLines lines = new JsonLines(call);
    try (InputStream tar = open(call, source)) {
      ImportRequest request = images.importRootfs(tar);
      Optional<String> repository = call.query().optional("repo");
      repository.ifPresent(r -> request.tag(ImageNames.with(r, call.query().get("tag"))));
      call.query().all("changes").stream()
          .flatMap(String::lines)
          .filter(c -> !c.isBlank())
          .forEach(request::change);
      request.message(call.query().optional("message").orElse("Imported from " + source));
      call.query().optional("platform").ifPresent(request::platform);
      Image image = request.execute();
      lines.send(ProgressLine.status(image.id().toString()));
    } catch (RuntimeException e) {
      lines.fail(e);
    }
  }

  private static InputStream open(Call call, String source) throws Exception {
    if (source.equals("-")) {
      return call.exchange().body();
    }
    URI uri = URI.create(source.contains("://") ? source : "http://" + source);
    if (!Set.of("http", "https").contains(Lists.of(uri.getScheme()))) {
      throw HttpError.badRequest("invalid source: expected -, or an http or https address");
    }
    return uri.toURL().openStream();
  }

  // ---- Push -------------------------------------------------------------------------------------

  private void push(Call call) throws Exception {
    String name = call.parameter("name");
    String tag = call.query().get("tag");
    List<String> names = tag.isEmpty() ? allTags(name) : List.of(ImageNames.with(name, tag));
    JsonLines lines = new JsonLines(call);
    Reference.parse(names.get(0));
    String repository = Reference.parse(name).toString();
    lines.send(ProgressLine.status("The push refers to repository [" + repository + "]"));
    try {
      for (String each : names) {
        pushOne(call, each, lines);
      }
    } catch (RuntimeException e) {
      lines.fail(e);
    }
  }

  /** Without a tag, what is meant is all that the repository has here. */
  private List<String> allTags(String name) {
    Reference repository = Reference.parse(name);
    List<String> all = new ArrayList<>();
    for (Image image : images.list()) {
      image.tags().stream()
          .map(Reference::familiar)
          .filter(t -> t.startsWith(repository.familiar() + ":"))
          .forEach(all::add);
    }
    return all.isEmpty() ? List.of(ImageNames.full(name)) : all;
  }

  private void pushOne(Call call, String name, JsonLines lines) throws Exception {
    PushRequest request = images.push(name).progress(new ProgressLines(lines, false));
    RegistryAuth.of(call).ifPresent(request::credentials);
    Reference pushed = request.execute();
    String tag = ImageNames.full(name);
    tag = tag.substring(tag.lastIndexOf(':') + 1);
    Optional<String> digest = pushed.digest().map(Object::toString);
    lines.send(ProgressLine.result(Map.of("Tag", tag, "Digest", digest.orElse(""), "Size", 0)));
  }

  // ---- Search -----------------------------------------------------------------------------------

  private void search(Call call) throws Exception {
    long limit = call.query().number("limit").orElse(USUALLY_FOUND);
    if (limit < 1 || limit > MOST_FOUND) {
      throw HttpError.badRequest("limit " + limit + " is outside the range of [1, 100]");
    }
    Filters filters = Filters.of(call, Set.of("is-automated", "is-official", "stars"));
    long stars = filters.get("stars").stream().mapToLong(TransferResource::stars).max().orElse(0);
    call.json(
        images.search(call.query().get("term"), (int) limit).stream()
            .filter(r -> r.stars() >= stars)
            .filter(
                r ->
                    !filters.has("is-official")
                        || filters.flag("is-official", false) == r.official())
            .filter(r -> !filters.flag("is-automated", false))
            .map(r -> new SearchEntry(r.stars(), r.official(), r.name(), false, r.description()))
            .toList());
  }

  private static long stars(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new HttpError(400, "invalid filter 'stars=" + text + "'", e);
    }
  }

  // ---- Archives ---------------------------------------------------------------------------------

  private void load(Call call) throws Exception {
    JsonLines lines = new JsonLines(call);
    boolean quiet = call.query().flag("quiet", false);
    LoadRequest request = images.load(call.exchange().body());
    platform(call).ifPresent(request::platform);
    Progress shown = quiet ? Progress.none() : new ProgressLines(lines, false);
    // As dockerd: the names are output, and are told in any case.
    request.progress(
        event -> {
          if (event instanceof Progress.Message message) {
            lines.put(ProgressLine.text(message.text() + "\n"));
          } else {
            shown.on(event);
          }
        });
    try {
      request.execute();
    } catch (RuntimeException e) {
      lines.fail(e);
    }
  }

  /** A platform in JSON, as {@code {"os":"linux","architecture":"arm64"}}. */
  private static Optional<String> platform(Call call) {
    return call.query().optional("platform").map(TransferResource::platform);
  }

  static String platform(String json) {
    try {
      JsonNode node = WireJson.read(json.getBytes(StandardCharsets.UTF_8), JsonNode.class);
      String variant = node.path("variant").asText("");
      return node.path("os").asText("linux")
          + "/"
          + node.path("architecture").asText("")
          + (variant.isEmpty() ? "" : "/" + variant);
    } catch (InvalidInputException e) {
      throw new HttpError(400, "invalid platform: " + e.getMessage(), e);
    }
  }

  private void save(Call call, List<String> names) throws Exception {
    List<String> all = names.stream().flatMap(n -> List.of(n.split(",")).stream()).toList();
    if (all.isEmpty()) {
      throw HttpError.badRequest("no image was named");
    }
    for (String name : all) {
      // Before the headers are out: an error in the middle of a tar is nothing that a client reads.
      if (images.find(name).isEmpty()) {
        throw HttpError.notFound("No such image: " + ImageNames.full(name));
      }
    }
    images.save(all.toArray(String[]::new)).to(call.exchange().stream(200, "application/x-tar"));
  }
}
