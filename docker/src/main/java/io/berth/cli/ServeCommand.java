package io.berth.cli;

import io.berth.api.Engine;
import io.berth.error.InvalidInputException;
import io.berth.error.UnsupportedException;
import io.berth.remote.RemoteEngine;
import io.berth.server.ApiServer;
import io.berth.server.ApiServerBuilder;
import io.berth.server.TlsFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "serve",
    description = "Serve the Docker Engine API until a signal comes.",
    customSynopsis = "berth serve [OPTIONS]",
    footer = {
      "",
      "Docker's tools speak to it: docker -H unix:///run/berth.sock ps. Containers go on when it"
          + " ends."
    })
final class ServeCommand extends EngineCommand {
  private static final String UNIX = "unix://";

  @Option(
      names = {"-H", "--host"},
      paramLabel = "ADDRESS",
      description =
          "unix://PATH or tcp://HOST:PORT; may be given several times (unix:///run/berth.sock)")
  private List<String> hosts = List.of("unix:///run/berth.sock");

  @Option(
      names = "--tlscacert",
      paramLabel = "FILE",
      description = "Authority whose clients may speak over TCP")
  private Path authority;

  @Option(names = "--tlscert", paramLabel = "FILE", description = "Certificate of this server")
  private Path certificate;

  @Option(names = "--tlskey", paramLabel = "FILE", description = "Its key, in PKCS#8")
  private Path key;

  @Option(
      names = "--insecure-anybody-who-connects-is-root",
      description = "Serve TCP without TLS: there is no check at all")
  private boolean insecure;

  @Override
  int run(Engine engine) throws IOException {
    if (engine instanceof RemoteEngine remote) {
      throw new UnsupportedException(
          "The engine at " + remote.host() + " is served already: leave out -H and --context");
    }
    ApiServerBuilder builder = ApiServer.builder(engine).version(Version.current());
    hosts.forEach(host -> listen(builder, host));
    try (ApiServer server = builder.start()) {
      Thread stop = new Thread(server::close, "stop-server");
      Runtime.getRuntime().addShutdownHook(stop);
      server.unixSockets().forEach(s -> console().err().println("API listen on " + s));
      server.addresses().forEach(a -> console().err().println("API listen on " + a));
      server.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  private void listen(ApiServerBuilder builder, String host) {
    if (host.startsWith(UNIX)) {
      builder.unixSocket(Path.of(host.substring(UNIX.length())));
      return;
    }
    URI uri = URI.create(host.startsWith("tcp://") ? host : "invalid");
    if (uri.getHost() == null || uri.getPort() < 0) {
      throw new InvalidInputException(
          "Invalid address \"" + host + "\": expected unix://PATH or tcp://HOST:PORT");
    }
    InetSocketAddress address = new InetSocketAddress(uri.getHost(), uri.getPort());
    boolean tls = authority != null && certificate != null && key != null;
    if (tls) {
      builder.tcp(address, new TlsFiles(authority, certificate, key));
    } else if (insecure) {
      builder.tcpWithoutTlsForAnybody(address);
    } else {
      throw new InvalidInputException(
          "Refusing to serve "
              + host
              + " without TLS: whoever connects would be root on this host. Give --tlscacert,"
              + " --tlscert and --tlskey, or --insecure-anybody-who-connects-is-root");
    }
  }
}
