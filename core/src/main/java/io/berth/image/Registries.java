package io.berth.image;

import io.berth.registry.RegistryClient;
import io.berth.registry.RegistryOptions;
import java.util.Optional;

/** The client of an engine, opened when it is needed first: most programs talk to no registry. */
public final class Registries implements AutoCloseable {
  private final RegistryOptions options;
  private Optional<RegistryClient> open = Optional.empty();

  public Registries(RegistryOptions options) {
    this.options = options;
  }

  public synchronized RegistryClient client() {
    if (open.isEmpty()) {
      open = Optional.of(RegistryClient.open(options));
    }
    return open.get();
  }

  @Override
  public synchronized void close() {
    open.ifPresent(RegistryClient::close);
    open = Optional.empty();
  }
}
