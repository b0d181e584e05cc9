package io.berth.container;

import io.berth.api.ContainerSpec;
import io.berth.api.Resources;
import io.berth.api.RestartPolicy;
import io.berth.api.UpdateRequest;
import io.berth.error.InvalidInputException;
import java.util.Optional;
import java.util.function.Consumer;

/** Collects changes of a container. */
final class DefaultUpdateRequest implements UpdateRequest {
  private final Consumer<DefaultUpdateRequest> execute;
  private Optional<Resources> limits = Optional.empty();
  private Optional<RestartPolicy> policy = Optional.empty();

  DefaultUpdateRequest(Consumer<DefaultUpdateRequest> execute) {
    this.execute = execute;
  }

  Optional<Resources> limits() {
    return limits;
  }

  Optional<RestartPolicy> policy() {
    return policy;
  }

  ContainerSpec apply(ContainerSpec spec) {
    if (spec.autoRemove() && policy.filter(p -> !p.equals(RestartPolicy.NO)).isPresent()) {
      throw new InvalidInputException(
          "A container that is removed when it ends cannot have a restart policy");
    }
    return Specs.change(spec, limits, policy);
  }

  @Override
  public UpdateRequest resources(Resources resources) {
    this.limits = Optional.of(resources);
    return this;
  }

  @Override
  public UpdateRequest restart(RestartPolicy policy) {
    this.policy = Optional.of(policy);
    return this;
  }

  @Override
  public void execute() {
    execute.accept(this);
  }
}
