package io.berth.server.buildkit;

import io.berth.server.api.ErrorAnswers;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcException.Code;
import java.util.List;

/** What clients are told of failures. */
final class Failures {
  private static final ErrorAnswers ANSWERS = new ErrorAnswers();

  private Failures() {}

  static GrpcException of(Throwable failure) {
    if (failure instanceof GrpcException known) {
      return known;
    }
    if (failure instanceof InterruptedException) {
      return new GrpcException(Code.CANCELLED, "the build was cancelled", List.of(), failure);
    }
    // Logs what is a defect of this program.
    ANSWERS.answer(failure);
    return new GrpcException(Code.UNKNOWN, ErrorAnswers.message(failure), List.of(), failure);
  }
}
