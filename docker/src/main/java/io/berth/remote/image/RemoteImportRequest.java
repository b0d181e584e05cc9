package io.berth.remote.image;

import io.berth.api.Image;
import io.berth.api.ImportRequest;
import io.berth.api.Progress;
import io.berth.oci.Reference;
import io.berth.remote.call.Call;
import io.berth.server.wire.ProgressLine;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Has an engine make an image of a root file system. */
final class RemoteImportRequest implements ImportRequest {
  private final ImagesClient images;
  private final String source;
  private final Optional<InputStream> tar;
  private final List<String> changes = new ArrayList<>();
  private Optional<Reference> tag = Optional.empty();
  private Optional<String> message = Optional.empty();
  private Optional<String> platform = Optional.empty();

  /**
   * @param source an address that the engine reads itself, or {@code -}
   */
  RemoteImportRequest(ImagesClient images, String source, Optional<InputStream> tar) {
    this.images = images;
    this.source = source;
    this.tar = tar;
  }

  @Override
  public ImportRequest tag(String reference) {
    tag = Optional.of(Reference.parse(reference).withDefaultTag());
    return this;
  }

  @Override
  public ImportRequest change(String instruction) {
    changes.add(instruction);
    return this;
  }

  @Override
  public ImportRequest message(String text) {
    message = Optional.of(text);
    return this;
  }

  @Override
  public ImportRequest platform(String platform) {
    this.platform = Optional.of(platform);
    return this;
  }

  @Override
  public Image execute() {
    Call call =
        images
            .api()
            .post("/images/create")
            .query("fromSrc", source)
            .query("message", message)
            .query("platform", platform);
    tag.ifPresent(
        t -> call.query("repo", t.nameOnly().familiar()).query("tag", t.tag().orElseThrow()));
    changes.forEach(c -> call.query("changes", c));
    tar.ifPresent(in -> call.tar(in::transferTo));
    TransferLines lines = new TransferLines(Progress.none());
    call.forEach(ProgressLine.class, lines);
    lines.check();
    return images.get(lines.last());
  }
}
