package io.berth.registry;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.NoopHostnameVerifier;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.config.RegistryBuilder;
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

  Transport(Certificates certificates, Insecure insecure, Proxies proxies) {
    this.certificates = certificates;
    this.insecure = insecure;
    PoolingHttpClientConnectionManager connections =
        new Connections()
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
    HttpClientBuilder builder =
        HttpClients.custom()
            .setConnectionManager(connections)
            .setRequestExecutor(new BlobSender())
            .setProxySelector(proxies)
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
            .disableContentCompression();
    proxies.credentials().ifPresent(builder::setDefaultCredentialsProvider);
    this.client = builder.build();
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
    HttpClientContext context = HttpClientContext.create();
    body.ifPresent(entity -> context.setAttribute(BlobSender.BLOB, entity));
    ClassicHttpResponse response = client.executeOpen(null, request, context);
    return new Response(request, response);
  }

  /** Makes connections over sockets that files can be sent to. */
  private static final class Connections extends PoolingHttpClientConnectionManagerBuilder {
    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
        SchemePortResolver ports, DnsResolver names, TlsSocketStrategy tls) {
      return new DefaultHttpClientConnectionOperator(
          BlobSender.SOCKETS,
          ports,
          names,
          RegistryBuilder.<TlsSocketStrategy>create().register("https", tls).build());
    }
  }

  @Override
  public void close() {
    client.close(org.apache.hc.core5.io.CloseMode.IMMEDIATE);
  }
}
