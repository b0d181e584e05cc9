package io.berth.server.buildkit;

import io.berth.oci.Platform;
import io.berth.server.grpc.ProtoWriter;
import java.util.List;
import java.util.Map;

/**
 * What this builder says of itself.
 *
 * @param release of this program
 */
record Worker(String release) {
  private static final List<String> FRONTEND =
      List.of(
          "solve.base",
          "return",
          "returnmap",
          "proto.refarray",
          "reference.output",
          "importcaches",
          "frontend.inputs",
          "frontend.caps",
          "gateway.solve.metadata",
          "gateway.solve.evaluate",
          "gateway.evaluate",
          "gateway.warnings");

  private static final List<String> LLB =
      List.of(
          "source.image",
          "source.image.resolvemode",
          "source.local",
          "source.local.sessionid",
          "source.local.followpaths",
          "source.local.excludepatterns",
          "source.git",
          "source.http",
          "platform",
          "constraints",
          "exporter.multiple",
          "exporter.sourcedateepoch");

  /** As BuildkitVersion. */
  ProtoWriter version() {
    return new ProtoWriter().text(1, "berth").text(2, release);
  }

  /** As WorkerRecord. */
  ProtoWriter record() {
    Platform host = Platform.host();
    return new ProtoWriter()
        .text(1, "berth")
        // The name of a snapshotter tells buildx that archives and caches can be exported.
        .textMap(
            2,
            Map.of(
                "org.mobyproject.buildkit.worker.executor", "berth",
                "org.mobyproject.buildkit.worker.snapshotter", "berth"))
        .message(
            3,
            new ProtoWriter()
                .text(1, host.architecture())
                .text(2, host.os())
                .text(3, host.variant().orElse("")))
        .message(5, version());
  }

  /** As PongResponse. */
  ProtoWriter pong() {
    ProtoWriter pong = new ProtoWriter();
    FRONTEND.forEach(id -> pong.message(1, capability(id)));
    LLB.forEach(id -> pong.message(2, capability(id)));
    return pong.message(3, record());
  }

  private static ProtoWriter capability(String id) {
    return new ProtoWriter().text(1, id).flag(2, true);
  }
}
