package io.berth.registry;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends one request and gives its answer, whatever it is. Apache's blocking client takes a third of
 * the processor time that Java's own does for large blobs.
 */
final class Transport implements AutoCloseable {
  private static final Timeout CONNECT = Timeout.ofSeconds(15);
  // Between two reads; registries may need long to look at a large upload.
  private static final Timeout SILENCE = Timeout.ofSeconds(90);
  private static final int PER_HOST = 32;
  private static final String USER_AGENT = "berth";

  private final Certificates certificates;
  private final Insecure insecure;
  private final CloseableHttpClient client;
  private final Map<String, TlsSocketStrategy> tls = new ConcurrentHashMap<>();

  Transport(Certificates certificates, Insecure insecure) {
    this.certificates = certificates;
    this.insecure = insecure;
    PoolingHttpClientConnectionManager connections =
        PoolingHttpClientConnectionManagerBuilder.create()
            .setTlsSocketStrategy(this::upgrade)
            .setMaxConnPerRoute(PER_HOST)
            .setMaxConnTotal(4 * PER_HOST)
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(CONNECT)
                    .setSocketTimeout(SILENCE)
                    .setValidateAfterInactivity(TimeValue.of(2, TimeUnit.SECONDS))
                    .build())
            .build();
    this.client =
        HttpClients.custom()
            .setConnectionManager(connections)
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setResponseTimeout(SILENCE)
                    .setExpectContinueEnabled(false)
                    .build())
            .setUserAgent(USER_AGENT)
            .useSystemProperties()
            // The caller owns these.
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableAuthCaching()
            .disableCookieManagement()
            .disableContentCompression()
            .build();
  }

  private javax.net.ssl.SSLSocket upgrade(
      Socket socket, String host, int port, Object attachment, HttpContext context)
      throws IOException {
    String name = host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
    String address = port == 443 || port < 0 ? name : name + ":" + port;
    return tls.computeIfAbsent(address, this::strategy)
        .upgrade(socket, host, port, attachment, context);
  }

  private TlsSocketStrategy strategy(String address) {
    // Who gave a local registry an authority wants it checked; others are not, as in Docker.
    boolean check =
        !insecure.allows(address)
            || !insecure.isDeclared(address) && certificates.hasAuthority(address);
    var context = certificates.contextFor(address, check);
    return check
        ? new DefaultClientTlsStrategy(context)
        : new DefaultClientTlsStrategy(context, NoopHostnameVerifier.INSTANCE);
  }

  /** Sends a request. The response is to be closed. */
  Response send(String method, URI uri, Map<String, String> headers, Optional<HttpEntity> body)
      throws IOException {
    HttpUriRequestBase request = new HttpUriRequestBase(method, uri);
    headers.forEach(request::setHeader);
    body.ifPresent(request::setEntity);
    ClassicHttpResponse response = client.executeOpen(null, request, null);
    return new Response(request, response);
  }

  @Override
  public void close() {
    client.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE);
  }
}
