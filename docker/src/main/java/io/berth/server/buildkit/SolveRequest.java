package io.berth.server.buildkit;

import io.berth.server.grpc.ProtoMessage;
import java.util.List;
import java.util.Map;

/**
 * What a client wants to have made.
 *
 * @param ref of the job; empty where the call itself says it
 * @param session that gives the files
 * @param frontend such as {@code dockerfile.v0}; empty when the client drives the build itself
 * @param attributes for the frontend
 * @param inputs by their names: what other builds have made, as LLB
 * @param exporters where the result goes
 * @param cacheTo where the cache is exported to
 * @param entitlements what the client allows to RUN steps
 */
record SolveRequest(
    String ref,
    String session,
    String frontend,
    Map<String, String> attributes,
    Map<String, ProtoMessage> inputs,
    List<Option> exporters,
    List<Option> cacheTo,
    List<String> entitlements) {

  /** A type with its attributes, of an exporter or a cache. */
  record Option(String type, Map<String, String> attributes) {
    static Option of(ProtoMessage message) {
      return new Option(message.text(1), message.textMap(2));
    }

    String get(String name) {
      return attributes.getOrDefault(name, "");
    }
  }

  /** From moby.buildkit.v1.SolveRequest. */
  static SolveRequest ofControl(ProtoMessage message) {
    List<Option> exporters = message.messages(13).stream().map(Option::of).toList();
    if (exporters.isEmpty() && !message.text(3).isEmpty()) {
      exporters = List.of(new Option(message.text(3), message.textMap(4)));
    }
    List<Option> cacheTo =
        message.message(8).orElse(ProtoMessage.empty()).messages(4).stream()
            .map(Option::of)
            .toList();
    return new SolveRequest(
        message.text(1),
        message.text(5),
        message.text(6),
        message.textMap(7),
        message.messageMap(10),
        exporters,
        cacheTo,
        message.texts(9));
  }

  /** From moby.buildkit.v1.frontend.SolveRequest, in a job that has the rest. */
  static SolveRequest ofGateway(ProtoMessage message, SolveRequest job) {
    return new SolveRequest(
        job.ref(),
        job.session(),
        message.text(2),
        message.textMap(3),
        message.messageMap(13),
        job.exporters(),
        job.cacheTo(),
        job.entitlements());
  }
}
