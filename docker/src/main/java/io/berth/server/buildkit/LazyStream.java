package io.berth.server.buildkit;

import io.berth.server.grpc.GrpcException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Supplier;

/** A stream that is opened when it is read. */
final class LazyStream extends InputStream {
  private final Supplier<InputStream> source;
  private Optional<InputStream> open = Optional.empty();

  LazyStream(Supplier<InputStream> source) {
    this.source = source;
  }

  private InputStream stream() throws IOException {
    if (open.isEmpty()) {
      try {
        open = Optional.of(source.get());
      } catch (GrpcException e) {
        throw new IOException(e.getMessage(), e);
      }
    }
    return open.get();
  }

  @Override
  public int read() throws IOException {
    return stream().read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    return stream().read(bytes, offset, length);
  }

  @Override
  public void close() throws IOException {
    if (open.isPresent()) {
      open.get().close();
    }
  }
}
