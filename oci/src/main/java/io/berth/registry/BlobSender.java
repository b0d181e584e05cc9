package io.berth.registry;

import java.io.IOException;
import java.net.Proxy;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import org.apache.hc.client5.http.io.DetachedSocketFactory;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;

/** Lets a {@link BlobEntity} know the connection that it goes over, to send files by the kernel. */
final class BlobSender extends HttpRequestExecutor {
  static final String BLOB = "berth.blob";

  /** Sockets that are channels too, which the kernel can send files to. */
  static final DetachedSocketFactory SOCKETS =
      proxy ->
          proxy == null || proxy.type() == Proxy.Type.DIRECT
              ? SocketChannel.open().socket()
              : new Socket(proxy);

  @Override
  public ClassicHttpResponse execute(
      ClassicHttpRequest request,
      HttpClientConnection connection,
      HttpResponseInformationCallback informed,
      HttpContext context)
      throws IOException, HttpException {
    if (context.getAttribute(BLOB) instanceof BlobEntity blob) {
      blob.over(plain(connection));
    }
    return super.execute(request, connection, informed, context);
  }

  private static Optional<SocketChannel> plain(HttpClientConnection connection) {
    return connection instanceof ManagedHttpClientConnection managed
            && managed.getSSLSession() == null
            && managed.getSocket() != null
        ? Optional.ofNullable(managed.getSocket().getChannel())
        : Optional.empty();
  }
}
