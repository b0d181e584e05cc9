package io.berth.server.buildkit;

import io.berth.server.grpc.ClientCall;
import io.berth.server.grpc.GrpcClient;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import io.berth.server.grpc.ProtoMessage;
import io.berth.server.grpc.ProtoWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a client lends to its builds: files, secrets, agents, credentials.
 *
 * @param methods the paths of what it offers, in lower case
 */
record Session(String id, Set<String> methods, GrpcClient client) {
  Session(String id, List<String> offered, GrpcClient client) {
    this(
        id,
        offered.stream().map(m -> m.toLowerCase(Locale.ROOT)).collect(Collectors.toSet()),
        client);
  }

  boolean offers(String path) {
    return methods.contains(path.toLowerCase(Locale.ROOT));
  }

  /** Begins a call of many messages. */
  ClientCall open(String path, Map<String, List<String>> metadata) {
    if (!offers(path)) {
      throw new GrpcException(
          Code.FAILED_PRECONDITION, "the client's session does not offer " + path);
    }
    return client.open(path, metadata);
  }

  ProtoMessage call(String path, ProtoWriter request) {
    return client.call(path, request);
  }
}
