package io.berth.remote.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.berth.api.Progress;
import io.berth.api.PushRequest;
import io.berth.oci.Digest;
import io.berth.oci.Reference;
import io.berth.registry.Credentials;
import io.berth.registry.RegistryException;
import io.berth.remote.call.Call;
import io.berth.remote.call.RemoteException;
import io.berth.server.wire.ProgressLine;
import io.berth.server.wire.WireJson;
import java.util.Optional;

/** Has an engine push an image. */
final class RemotePushRequest implements PushRequest {
  // Engines want the header, even where there is nothing to say.
  private static final String NOBODY = "e30=";

  private final ImagesClient images;
  private final Reference reference;
  private Optional<Credentials> credentials = Optional.empty();
  private Progress progress = Progress.none();
  private Optional<Digest> digest = Optional.empty();

  RemotePushRequest(ImagesClient images, String reference) {
    this.images = images;
    this.reference = Reference.parse(reference).withDefaultTag();
  }

  @Override
  public PushRequest credentials(Credentials credentials) {
    this.credentials = Optional.of(credentials);
    return this;
  }

  @Override
  public PushRequest progress(Progress progress) {
    this.progress = progress;
    return this;
  }

  @Override
  public Reference execute() {
    images.get(reference.familiar());
    String tag = reference.tag().orElse(Reference.DEFAULT_TAG);
    Call call =
        images
            .api()
            .post("/images/" + Call.part(reference.nameOnly().familiar()) + "/push")
            .query("tag", tag)
            .header(
                RegistryHeader.NAME,
                RegistryHeader.of(reference, credentials, images.credentials()).orElse(NOBODY));
    TransferLines lines = new TransferLines(progress);
    try {
      call.forEach(
          ProgressLine.class,
          line -> {
            lines.accept(line);
            if (line.aux() != null) {
              result(WireJson.tree(line.aux()));
            }
          });
    } catch (RemoteException e) {
      throw TransferLines.registry(e.getMessage());
    }
    lines.checkRegistry();
    return reference.withDigest(
        digest.orElseThrow(
            () -> new RegistryException("The engine did not say what it pushed", 0)));
  }

  private void result(JsonNode aux) {
    String text = aux.path("Digest").asText("");
    if (!text.isEmpty()) {
      digest = Optional.of(Digest.parse(text));
    }
  }
}
