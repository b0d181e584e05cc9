package io.berth.remote.container;

import io.berth.api.Resources;
import io.berth.api.RestartPolicy;
import io.berth.api.UpdateRequest;
import io.berth.server.wire.LimitDocuments;
import io.berth.server.wire.RestartPolicyConfig;
import io.berth.server.wire.UpdateBody;
import java.util.List;
import java.util.Optional;

/** Collects changes of a container. */
final class RemoteUpdateRequest implements UpdateRequest {
  private final RemoteContainer container;
  private Resources resources = Resources.none();
  private Optional<RestartPolicy> restart = Optional.empty();

  RemoteUpdateRequest(RemoteContainer container) {
    this.container = container;
  }

  @Override
  public UpdateRequest resources(Resources resources) {
    this.resources = resources;
    return this;
  }

  @Override
  public UpdateRequest restart(RestartPolicy policy) {
    restart = Optional.of(policy);
    return this;
  }

  @Override
  public void execute() {
    UpdateBody body =
        new UpdateBody(
            LimitDocuments.write(
                resources, resources.memorySwap().orElse(0L), "", List.of(), List.of(), List.of()),
            restart
                .map(r -> new RestartPolicyConfig(r.kind().word(), r.maxRetries()))
                .orElse(null));
    container.api().post(container.path("update")).body(body).done();
  }
}
