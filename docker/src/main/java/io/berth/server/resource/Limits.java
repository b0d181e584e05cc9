package io.berth.server.resource;

import io.berth.api.Resources;
import io.berth.api.SandboxSpec;
import io.berth.server.http.HttpError;
import io.berth.server.wire.LimitDocuments;
import io.berth.server.wire.ResourceLimits;

/** The limits of a container, from the wire and to it. */
final class Limits {
  private Limits() {}

  static Resources resources(ResourceLimits limits) {
    checkCpus(limits.nanoCpus());
    Resources.Builder builder = LimitDocuments.read(limits);
    if (limits.memorySwap() != 0) {
      builder.memorySwap(limits.memorySwap());
    }
    return builder.build();
  }

  private static void checkCpus(long nanos) {
    int present = Runtime.getRuntime().availableProcessors();
    if (nanos < 0 || nanos > present * 1_000_000_000L) {
      throw HttpError.badRequest(
          "range of CPUs is from 0.01 to "
              + present
              + ".00, as there are only "
              + present
              + " CPUs available");
    }
  }

  /** What a container has, defaults as dockerd shows them. */
  static ResourceLimits of(SandboxSpec sandbox) {
    Resources r = sandbox.resources();
    return LimitDocuments.write(
        r,
        r.memorySwap().orElse(r.memory().map(m -> m * 2).orElse(0L)),
        sandbox.cgroupParent().orElse(""),
        sandbox.devices(),
        sandbox.deviceRules(),
        sandbox.ulimits());
  }
}
