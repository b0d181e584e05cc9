package io.berth.server.buildkit;

import io.berth.build.BuildException;
import io.berth.dockerfile.Dockerfile;
import io.berth.dockerfile.DockerfileSyntaxException;
import io.berth.json.JsonWriter;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import io.berth.server.grpc.GrpcException.Detail;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * A Dockerfile as the client has it, of which clients show the lines where something is wrong.
 *
 * @param file its name
 */
record SourceText(String file, byte[] text) {
  private static final String TYPE = "github.com/moby/buildkit/errdefs.Source+json";

  Dockerfile parse() {
    return Dockerfile.parse(new String(text, StandardCharsets.UTF_8), file);
  }

  /** A failure with its place in the text, if it has one. */
  RuntimeException locate(RuntimeException failure) {
    if (failure instanceof BuildException build && build.line() > 0) {
      return at(build.line(), failure);
    }
    if (failure instanceof DockerfileSyntaxException syntax) {
      return at(syntax.line(), failure);
    }
    return failure;
  }

  private GrpcException at(int line, RuntimeException failure) {
    return new GrpcException(
        Code.UNKNOWN, failure.getMessage(), List.of(new Detail(TYPE, source(line))), failure);
  }

  /** As Go writes errdefs.Source in JSON. */
  private byte[] source(int line) {
    return new JsonWriter()
        .put("info", info().toNode())
        .list("ranges", List.of(range(line, line)), JsonWriter::toNode)
        .toBytes();
  }

  /** As Go writes pb.SourceInfo in JSON. */
  JsonWriter info() {
    return new JsonWriter()
        .put("filename", file)
        .put("data", Base64.getEncoder().encodeToString(text))
        .put("language", "Dockerfile");
  }

  /** As Go writes pb.Range in JSON. */
  static JsonWriter range(int first, int last) {
    return new JsonWriter()
        .put("start", new JsonWriter().put("line", first).toNode())
        .put("end", new JsonWriter().put("line", last).toNode());
  }
}
