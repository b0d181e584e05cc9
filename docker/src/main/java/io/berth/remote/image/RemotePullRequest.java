package io.berth.remote.image;

import io.berth.api.Image;
import io.berth.api.Progress;
import io.berth.api.PullRequest;
import io.berth.oci.Reference;
import io.berth.registry.Credentials;
import io.berth.remote.call.Call;
import io.berth.remote.call.RemoteException;
import io.berth.server.wire.ProgressLine;
import java.util.Optional;

/** Has an engine pull an image. */
final class RemotePullRequest implements PullRequest {
  private final ImagesClient images;
  private final Reference reference;
  private Optional<String> platform = Optional.empty();
  private Optional<Credentials> credentials = Optional.empty();
  private Progress progress = Progress.none();

  RemotePullRequest(ImagesClient images, String reference) {
    this.images = images;
    this.reference = Reference.parse(reference).withDefaultTag();
  }

  @Override
  public PullRequest platform(String platform) {
    this.platform = Optional.of(platform);
    return this;
  }

  @Override
  public PullRequest credentials(Credentials credentials) {
    this.credentials = Optional.of(credentials);
    return this;
  }

  @Override
  public PullRequest progress(Progress progress) {
    this.progress = progress;
    return this;
  }

  @Override
  public Image execute() {
    String version =
        reference.digest().map(Object::toString).orElseGet(() -> reference.tag().orElseThrow());
    Call call =
        images
            .api()
            .post("/images/create")
            .query("fromImage", reference.nameOnly().familiar())
            .query("tag", version)
            .query("platform", platform);
    RegistryHeader.of(reference, credentials, images.credentials())
        .ifPresent(h -> call.header(RegistryHeader.NAME, h));
    TransferLines lines = new TransferLines(progress);
    try {
      call.forEach(ProgressLine.class, lines);
    } catch (RemoteException e) {
      // An engine that could not reach the registry, or was refused there, says 500.
      throw TransferLines.registry(e.getMessage());
    }
    lines.checkRegistry();
    return images.get(reference.preferDigest().familiar());
  }
}
