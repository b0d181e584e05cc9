package io.berth.remote.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Connects to a unix socket. */
record UnixDialer(Path path) implements Dialer {
  @Override
  public Line dial() throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(path));
      return new ChannelLine(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  @Override
  public String advice() {
    if (!Files.exists(path)) {
      return "there is no such socket; start the engine (berth serve, dockerd), or name another one";
    }
    return Files.isWritable(path)
        ? "nobody listens there; start the engine (berth serve, dockerd)"
        : "this user may not use the socket; its owner and group may";
  }

  /** Not the streams of java.nio.channels.Channels: of those a read keeps all writes waiting. */
  private static final class ChannelLine implements Line {
    private final SocketChannel channel;

    private ChannelLine(SocketChannel channel) {
      this.channel = channel;
    }

    @Override
    public InputStream in() {
      return new InputStream() {
        @Override
        public int read() throws IOException {
          byte[] one = new byte[1];
          return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          return length == 0 ? 0 : channel.read(ByteBuffer.wrap(bytes, offset, length));
        }
      };
    }

    @Override
    public OutputStream out() {
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
          while (buffer.hasRemaining()) {
            channel.write(buffer);
          }
        }
      };
    }

    @Override
    public void endOutput() throws IOException {
      channel.shutdownOutput();
    }

    @Override
    public void close() {
      Quietly.close(channel);
    }
  }
}
