package io.berth.server.buildkit;

import io.berth.server.grpc.ClientCall;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.ProtoWriter;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A file of the client's that is written through its session. */
final class FileSend extends OutputStream {
  static final String PATH = "/moby.filesync.v1.FileSend/DiffCopy";

  private static final int PART = 64 << 10;

  private final ClientCall call;

  private FileSend(ClientCall call) {
    this.call = call;
  }

  /**
   * Begins a call for one of the exporters of a solve.
   *
   * @param exporter its number
   */
  static ClientCall open(Session session, int exporter) {
    return session.open(
        PATH, Map.of("buildkit-attachable-exporter-id", List.of(Integer.toString(exporter))));
  }

  /** The file of an exporter; when it is closed, the client has it. */
  static OutputStream file(ClientCall call) {
    return new BufferedOutputStream(new FileSend(call), PART);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      for (int done = 0; done < length; done += PART) {
        int from = offset + done;
        byte[] part = Arrays.copyOfRange(bytes, from, from + Math.min(PART, length - done));
        call.send(new ProtoWriter().bytes(1, part));
      }
    } catch (GrpcException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      call.halfClose();
      while (call.receive().isPresent()) {
        // Nothing but the status is expected.
      }
    } catch (GrpcException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
