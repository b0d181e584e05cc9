package io.berth.build;

import java.util.Optional;
import java.util.function.Supplier;

/** The build context, opened by the first step that needs it. */
final class LazyContext implements AutoCloseable {
  private final Supplier<BuildContext> opener;
  private Optional<BuildContext> context = Optional.empty();

  LazyContext(Supplier<BuildContext> opener) {
    this.opener = opener;
  }

  BuildContext get() {
    if (context.isEmpty()) {
      context = Optional.of(opener.get());
    }
    return context.get();
  }

  @Override
  public void close() {
    context.ifPresent(BuildContext::close);
  }
}
