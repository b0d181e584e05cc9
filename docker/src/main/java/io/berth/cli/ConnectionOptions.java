package io.berth.cli;

import io.berth.api.AttachRequest;
import io.berth.api.Container;
import picocli.CommandLine.Option;

/** How a command is connected with a container that runs in front of it. */
final class ConnectionOptions {
  private static final String DETACH_KEYS = "ctrl-p,ctrl-q";

  @Option(
      names = "--detach-keys",
      paramLabel = "KEYS",
      description = "Keys that leave it running (ctrl-p,ctrl-q)")
  private String detachKeys = DETACH_KEYS;

  @Option(
      names = "--sig-proxy",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "true|false",
      description = "Whether signals are passed on to it (true)")
  private boolean signals = true;

  /** Keys are looked for where they come from a terminal only. */
  AttachRequest apply(AttachRequest request, boolean tty) {
    return tty ? request.detachKeys(detachKeys) : request;
  }

  String detachKeys() {
    return detachKeys;
  }

  void proxySignals(Container container) {
    if (signals) {
      Streams.proxySignals(container);
    }
  }
}
