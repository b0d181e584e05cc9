package io.berth.remote.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Connects over TCP, with TLS where there are settings for it. */
record TcpDialer(String host, int port, Optional<Tls> tls) implements Dialer {
  private static final int CONNECT_MILLIS = 10_000;
  private static final int HANDSHAKE_MILLIS = 20_000;

  @Override
  public Line dial() throws IOException {
    Socket socket = new Socket();
    try {
      // Small requests are to go at once, and a host that has vanished is to be noticed some time.
      socket.setTcpNoDelay(true);
      socket.setKeepAlive(true);
      socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
      return new SocketLine(tls.isPresent() ? secured(socket, tls.get()) : socket);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private Socket secured(Socket plain, Tls tls) throws IOException {
    SSLSocket socket =
        (SSLSocket) tls.context().getSocketFactory().createSocket(plain, host, port, true);
    SSLParameters parameters = socket.getSSLParameters();
    if (tls.checked()) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(HANDSHAKE_MILLIS);
    socket.startHandshake();
    socket.setSoTimeout(0);
    return socket;
  }

  @Override
  public String advice() {
    return tls.isPresent()
        ? "check that the engine listens there with TLS, and the certificates: "
            + tls.get().description()
        : "check that the engine listens there, and whether it wants TLS (port 2376; give it the"
            + " directory of ca.pem, cert.pem and key.pem, or set DOCKER_CERT_PATH)";
  }

  private static final class SocketLine implements Line {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    private SocketLine(Socket socket) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
      this.out = socket.getOutputStream();
    }

    @Override
    public InputStream in() {
      return in;
    }

    @Override
    public OutputStream out() {
      return out;
    }

    @Override
    public void endOutput() throws IOException {
      socket.shutdownOutput();
    }

    @Override
    public void close() {
      Quietly.close(socket);
    }
  }
}
