package io.berth.server.grpc;

import java.util.List;

/** A call ended with a status other than OK, or is to end so. */
public final class GrpcException extends RuntimeException {
  private final Code code;
  private final List<Detail> details;

  /** The codes of gRPC; their numbers are their positions. */
  public enum Code {
    OK,
    CANCELLED,
    UNKNOWN,
    INVALID_ARGUMENT,
    DEADLINE_EXCEEDED,
    NOT_FOUND,
    ALREADY_EXISTS,
    PERMISSION_DENIED,
    RESOURCE_EXHAUSTED,
    FAILED_PRECONDITION,
    ABORTED,
    OUT_OF_RANGE,
    UNIMPLEMENTED,
    INTERNAL,
    UNAVAILABLE,
    DATA_LOSS,
    UNAUTHENTICATED;

    static Code of(int number) {
      return number >= 0 && number < values().length ? values()[number] : UNKNOWN;
    }
  }

  /**
   * What a program may know of an error, as google.protobuf.Any has it.
   *
   * @param type the URL of the message's type
   */
  public record Detail(String type, byte[] message) {}

  public GrpcException(Code code, String message) {
    this(code, message, List.of(), null);
  }

  public GrpcException(Code code, String message, List<Detail> details, Throwable cause) {
    super(message, cause);
    this.code = code;
    this.details = List.copyOf(details);
  }

  public Code code() {
    return code;
  }

  /** As google.rpc.Status. */
  public ProtoWriter status() {
    ProtoWriter status = new ProtoWriter().number(1, code.ordinal()).text(2, getMessage());
    for (Detail detail : details) {
      status.message(3, new ProtoWriter().text(1, detail.type()).bytes(2, detail.message()));
    }
    return status;
  }

  /** From google.rpc.Status. */
  public static GrpcException of(ProtoMessage status) {
    List<Detail> details =
        status.messages(3).stream().map(d -> new Detail(d.text(1), d.bytes(2))).toList();
    return new GrpcException(Code.of((int) status.number(1)), status.text(2), details, null);
  }

  boolean hasDetails() {
    return !details.isEmpty();
  }

  static GrpcException malformed(String what) {
    return new GrpcException(Code.INTERNAL, "malformed message: " + what);
  }
}
