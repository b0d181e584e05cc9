package io.berth.server.resource;

import io.berth.api.Images;
import io.berth.oci.Descriptor;
import io.berth.oci.ImageConfig;
import io.berth.oci.ImageSource;
import io.berth.oci.Index;
import io.berth.oci.Manifest;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import io.berth.oci.RootDocument;
import io.berth.registry.Credentials;
import io.berth.registry.RegistryClient;
import io.berth.registry.RegistryException;
import io.berth.server.api.Call;
import io.berth.server.api.Router;
import io.berth.server.http.HttpError;
import io.berth.server.wire.AuthBody;
import io.berth.server.wire.AuthResponse;
import io.berth.server.wire.DistributionDetails;
import io.berth.server.wire.DistributionDetails.OciDescriptor;
import io.berth.server.wire.DistributionDetails.OciPlatform;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Logins, and what registries have. */
final class RegistryResource {
  private static final String HUB = "docker.io";
  private static final int MOST_CONFIG = 8 << 20;

  private final Images images;

  RegistryResource(Images images) {
    this.images = images;
  }

  void routes(Router router) {
    router.post("/auth", this::login).get("/distribution/{name*}/json", this::distribution);
  }

  private void login(Call call) throws Exception {
    AuthBody body = call.body(AuthBody.class);
    Credentials credentials =
        RegistryAuth.credentials(body)
            .orElseThrow(() -> HttpError.badRequest("username and password must be set"));
    String server = Lists.of(body.serverAddress());
    String host =
        server.isEmpty() || server.contains("index.docker.io")
            ? HUB
            : server.replaceFirst("^https?://", "").replaceFirst("/.*$", "");
    try {
      images.registry().check(host, credentials);
    } catch (RegistryException e) {
      throw new HttpError(e.isDenied() ? 401 : 500, e.getMessage(), e);
    }
    call.json(new AuthResponse("Login Succeeded", ""));
  }

  private void distribution(Call call) throws Exception {
    Reference reference = Reference.parse(call.parameter("name")).withDefaultTag();
    RegistryClient client = images.registry();
    Optional<Credentials> credentials = RegistryAuth.of(call);
    if (credentials.isPresent()) {
      client = client.as(reference.domain(), credentials.get());
    }
    try (ImageSource source = client.pull(reference)) {
      Descriptor root = source.root();
      call.json(
          new DistributionDetails(
              new OciDescriptor(root.mediaType(), root.digest().toString(), root.size()),
              platforms(source).stream().map(RegistryResource::platform).toList()));
    } catch (RegistryException e) {
      throw new HttpError(e.isDenied() ? 401 : 500, e.getMessage(), e);
    }
  }

  private static List<Platform> platforms(ImageSource source) throws IOException {
    Descriptor root = source.root();
    RootDocument document = RootDocument.parse(source.manifest(root), root.mediaType());
    if (document instanceof Index index) {
      List<Platform> all = new ArrayList<>();
      index.manifests().forEach(m -> m.platform().ifPresent(all::add));
      return all;
    }
    Descriptor config = ((Manifest) document).config();
    try (InputStream in = source.blob(config)) {
      return List.of(ImageConfig.parse(in.readNBytes(MOST_CONFIG)).platform());
    }
  }

  private static OciPlatform platform(Platform platform) {
    return new OciPlatform(platform.architecture(), platform.os(), platform.variant().orElse(""));
  }
}
