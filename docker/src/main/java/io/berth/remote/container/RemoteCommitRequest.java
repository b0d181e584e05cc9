package io.berth.remote.container;

import io.berth.api.CommitRequest;
import io.berth.api.Image;
import io.berth.api.Images;
import io.berth.oci.Reference;
import io.berth.remote.call.Call;
import io.berth.server.wire.IdResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects what an image that is made of a container is to be. */
final class RemoteCommitRequest implements CommitRequest {
  private final RemoteContainer container;
  private final Images images;
  private final List<String> changes = new ArrayList<>();
  private Optional<Reference> tag = Optional.empty();
  private String author = "";
  private String message = "";
  private boolean pause = true;

  RemoteCommitRequest(RemoteContainer container, Images images) {
    this.container = container;
    this.images = images;
  }

  @Override
  public CommitRequest tag(String reference) {
    tag = Optional.of(Reference.parse(reference));
    return this;
  }

  @Override
  public CommitRequest author(String author) {
    this.author = author;
    return this;
  }

  @Override
  public CommitRequest message(String message) {
    this.message = message;
    return this;
  }

  @Override
  public CommitRequest change(String instruction) {
    changes.add(instruction);
    return this;
  }

  @Override
  public CommitRequest pause(boolean pause) {
    this.pause = pause;
    return this;
  }

  @Override
  public Image execute() {
    Call call =
        container
            .api()
            .post("/commit")
            .query("container", container.id())
            .query("author", author)
            .query("comment", message)
            .query("pause", pause ? 1 : 0);
    tag.ifPresent(t -> call.query("repo", t.name()).query("tag", t.tag().orElse("latest")));
    changes.forEach(c -> call.query("changes", c));
    return images.get(call.read(IdResponse.class).id());
  }
}
