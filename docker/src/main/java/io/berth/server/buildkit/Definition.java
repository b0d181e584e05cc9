package io.berth.server.buildkit;

import io.berth.api.ContextSource;
import io.berth.oci.Digest;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import io.berth.server.grpc.ProtoMessage;
import io.berth.server.grpc.ProtoWriter;
import java.util.List;

/**
 * LLB (pb.Definition), as far as a source goes: what a build has made is named to clients as the
 * source of its image, and comes back as that when another build takes it for its input.
 */
final class Definition {
  private static final String IMAGE = "docker-image://";

  private Definition() {}

  /** The image as the source of a graph that does nothing else. */
  static ProtoWriter ofImage(String id) {
    byte[] source = new ProtoWriter().message(3, new ProtoWriter().text(1, IMAGE + id)).toBytes();
    byte[] end =
        new ProtoWriter()
            .message(1, new ProtoWriter().text(1, Digest.sha256(source).toString()))
            .toBytes();
    ProtoWriter definition = new ProtoWriter().bytes(1, source).bytes(1, end);
    for (byte[] op : List.of(source, end)) {
      definition.message(
          2, new ProtoWriter().text(1, Digest.sha256(op).toString()).message(2, new ProtoWriter()));
    }
    return definition;
  }

  /** The one source of a graph. */
  static ContextSource source(ProtoMessage definition) {
    List<ProtoMessage> ops =
        definition.messages(1).stream().filter(op -> !(op.has(1) && !op.has(3))).toList();
    if (ops.size() != 1 || !ops.get(0).has(3)) {
      throw new GrpcException(
          Code.UNIMPLEMENTED,
          "Berth builds Dockerfiles: of LLB it takes images, repositories and downloads alone, and"
              + " no graph of other operations");
    }
    String identifier = ops.get(0).message(3).orElseThrow().text(1);
    if (identifier.startsWith(IMAGE)) {
      String name = identifier.substring(IMAGE.length());
      return ContextSource.image(name);
    }
    if (identifier.startsWith("git://") || identifier.startsWith("https://")) {
      return RemoteSource.of(identifier);
    }
    throw new GrpcException(Code.UNIMPLEMENTED, "Berth takes no input of the kind " + identifier);
  }
}
