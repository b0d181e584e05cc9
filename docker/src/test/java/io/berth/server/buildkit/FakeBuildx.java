package io.berth.server.buildkit;

import io.berth.server.grpc.ClientCall;
import io.berth.server.grpc.GrpcClient;
import io.berth.server.grpc.GrpcException;
import io.berth.server.grpc.GrpcServer;
import io.berth.server.grpc.ProtoMessage;
import io.berth.server.grpc.ProtoWriter;
import io.berth.server.grpc.ServerCall;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Speaks to the server as buildx does, without a Go program: a session, and builds that use it. */
final class FakeBuildx implements AutoCloseable {
  private static final String CONTROL = "/moby.buildkit.v1.Control/";
  private static final String GATEWAY = "/moby.buildkit.v1.frontend.LLBBridge/";
  private static final int STAT = 0;
  private static final int REQUEST = 1;
  private static final int DATA = 2;
  private static final int FIN = 3;

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Path socket;
  private final String session = UUID.randomUUID().toString();
  private final Map<String, GrpcServer.Method> offered = new HashMap<>();
  private final Map<String, List<SentFile>> directories = new HashMap<>();
  private final GrpcClient server;
  private Optional<Channel> lent = Optional.empty();

  final List<ProtoMessage> status = Collections.synchronizedList(new ArrayList<>());

  /** What the server asked of a directory: its name, and what headers said. */
  final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  FakeBuildx(Path socket) throws Exception {
    this.socket = socket;
    CompletableFuture<GrpcClient> client = new CompletableFuture<>();
    connect("/grpc", "", p -> client.complete(GrpcClient.install(p)));
    server = client.get();
    offered.put(DiffCopy.PATH, this::diffCopy);
  }

  FakeBuildx lend(String name, SentFile... files) {
    directories.put(name, List.of(files));
    return this;
  }

  FakeBuildx offer(String path, GrpcServer.Method method) {
    offered.put(path, method);
    return this;
  }

  GrpcClient server() {
    return server;
  }

  String session() {
    return session;
  }

  /** Opens the session. */
  FakeBuildx open() throws Exception {
    StringBuilder headers = new StringBuilder("X-Docker-Expose-Session-Uuid: " + session + "\r\n");
    offered
        .keySet()
        .forEach(m -> headers.append("X-Docker-Expose-Session-Grpc-Method: " + m + "\r\n"));
    lent = Optional.of(connect("/session", headers.toString(), p -> lender().install(p, threads)));
    return this;
  }

  /** Opens the session within a call, as buildx does for those that several builds share. */
  FakeBuildx openInCall() throws Exception {
    Map<String, List<String>> metadata =
        Map.of(
            "x-docker-expose-session-uuid",
            List.of(session),
            "x-docker-expose-session-grpc-method",
            List.copyOf(offered.keySet()));
    ClientCall call = server.open(CONTROL + "Session", metadata);
    Channel inner = local(call);
    threads.execute(
        () -> {
          try {
            for (Optional<ProtoMessage> m = call.receive(); m.isPresent(); m = call.receive()) {
              inner.writeAndFlush(Unpooled.wrappedBuffer(m.get().bytes(1)));
            }
          } catch (GrpcException e) {
            // The test has ended.
          }
        });
    return this;
  }

  private Channel local(ClientCall call) throws Exception {
    EventLoopGroup local = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    Channel listening =
        new ServerBootstrap()
            .group(local)
            .channel(LocalServerChannel.class)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    lender().install(channel.pipeline(), threads);
                  }
                })
            .bind(LocalAddress.ANY)
            .sync()
            .channel();
    return new Bootstrap()
        .group(local)
        .channel(LocalChannel.class)
        .handler(
            new SimpleChannelInboundHandler<ByteBuf>() {
              @Override
              protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
                call.send(new ProtoWriter().bytes(1, ByteBufUtil.getBytes(bytes)));
              }
            })
        .connect(listening.localAddress())
        .sync()
        .channel();
  }

  private GrpcServer lender() {
    return new GrpcServer(
        offered, e -> new GrpcException(GrpcException.Code.UNKNOWN, String.valueOf(e)));
  }

  void closeSession() {
    lent.ifPresent(channel -> channel.close().awaitUninterruptibly());
  }

  private Channel connect(String path, String headers, Consumer<ChannelPipeline> upgraded)
      throws Exception {
    CompletableFuture<Integer> answered = new CompletableFuture<>();
    Channel channel =
        new Bootstrap()
            .group(loop)
            .channel(NioDomainSocketChannel.class)
            .handler(new Upgrade(upgraded, answered))
            .connect(UnixDomainSocketAddress.of(socket))
            .sync()
            .channel();
    String request =
        "POST " + path + " HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n";
    channel.writeAndFlush(
        Unpooled.copiedBuffer(request + headers + "\r\n", StandardCharsets.US_ASCII));
    answered.get();
    return channel;
  }

  private static final class Upgrade extends ByteToMessageDecoder {
    private final Consumer<ChannelPipeline> upgraded;
    private final CompletableFuture<Integer> answered;

    private Upgrade(Consumer<ChannelPipeline> upgraded, CompletableFuture<Integer> answered) {
      this.upgraded = upgraded;
      this.answered = answered;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
      String text = in.toString(StandardCharsets.US_ASCII);
      int end = text.indexOf("\r\n\r\n");
      if (end < 0) {
        return;
      }
      in.skipBytes(end + 4);
      int code = Integer.parseInt(text.split(" ")[1]);
      if (code == 101) {
        upgraded.accept(ctx.pipeline());
        ctx.pipeline().remove(this);
        answered.complete(code);
      } else {
        answered.completeExceptionally(new IllegalStateException(text));
      }
    }
  }

  // ---- The session's side -----------------------------------------------------------------------

  private void diffCopy(ServerCall call) {
    String name = call.header("dir-name").orElse("");
    asked.add(
        name
            + call.header("followpaths").map(f -> " follow " + f).orElse("")
            + call.header("exclude-patterns").map(e -> " exclude " + e).orElse(""));
    List<SentFile> files = directories.get(name);
    files.forEach(file -> call.send(new ProtoWriter().number(1, STAT).message(2, file.stat())));
    call.send(new ProtoWriter().number(1, STAT));
    for (Optional<ProtoMessage> p = call.receive(); p.isPresent(); p = call.receive()) {
      long id = p.get().number(3);
      if (p.get().number(1) == FIN) {
        call.send(new ProtoWriter().number(1, FIN));
        return;
      }
      if (p.get().number(1) == REQUEST) {
        byte[] content = files.get((int) id).content();
        call.send(new ProtoWriter().number(1, DATA).number(3, id).bytes(4, content));
        call.send(new ProtoWriter().number(1, DATA).number(3, id));
      }
    }
  }

  // ---- Builds -----------------------------------------------------------------------------------

  /** Builds as buildx does, and gives what the exporter tells. */
  Map<String, String> build(Map<String, String> attributes, String exporter, String name)
      throws Exception {
    String ref = UUID.randomUUID().toString();
    CompletableFuture<Map<String, String>> solved =
        CompletableFuture.supplyAsync(() -> solve(ref, new ProtoWriter(), exporter, name), threads);
    CompletableFuture<Void> followed = CompletableFuture.runAsync(() -> follow(ref), threads);
    Optional<GrpcException> failure = drive(ref, attributes);
    try {
      Map<String, String> response = solved.get();
      followed.get();
      return response;
    } catch (java.util.concurrent.ExecutionException e) {
      throw failure.orElseGet(() -> (GrpcException) e.getCause());
    }
  }

  Map<String, String> solve(String ref, ProtoWriter request, String exporter, String name) {
    request
        .text(1, ref)
        .text(5, session)
        .message(13, new ProtoWriter().text(1, exporter).textMap(2, Map.of("name", name)));
    return server.call(CONTROL + "Solve", request).textMap(1);
  }

  private void follow(String ref) {
    try (ClientCall call = server.open(CONTROL + "Status", Map.of())) {
      call.send(new ProtoWriter().text(1, ref));
      call.halfClose();
      for (Optional<ProtoMessage> m = call.receive(); m.isPresent(); m = call.receive()) {
        status.add(m.get());
      }
    }
  }

  private Optional<GrpcException> drive(String ref, Map<String, String> attributes) {
    Optional<GrpcException> failure = Optional.empty();
    ProtoWriter end = new ProtoWriter();
    try {
      gateway(ref, "Ping", new ProtoWriter());
      ProtoMessage result =
          gateway(ref, "Solve", new ProtoWriter().text(2, "dockerfile.v0").textMap(3, attributes));
      String id = result.message(3).orElseThrow().message(3).orElseThrow().text(1);
      end.message(1, new ProtoWriter().message(3, new ProtoWriter().text(1, id)));
    } catch (GrpcException e) {
      failure = Optional.of(e);
      end.message(2, e.status());
    }
    gateway(ref, "Return", end);
    return failure;
  }

  ProtoMessage gateway(String ref, String method, ProtoWriter request) {
    Map<String, List<String>> metadata = Map.of("buildkit-controlapi-buildid", List.of(ref));
    try (ClientCall call = server.open(GATEWAY + method, metadata)) {
      call.send(request);
      call.halfClose();
      ProtoMessage answer = call.receive().orElse(ProtoMessage.empty());
      while (call.receive().isPresent()) {
        // The status comes behind.
      }
      return answer;
    }
  }

  /** All that steps have written. */
  String log() {
    return List.copyOf(status).stream()
        .flatMap(s -> s.messages(3).stream())
        .map(log -> log.text(4))
        .collect(Collectors.joining());
  }

  /** The names of all lines of the display, in their order. */
  List<String> vertices() {
    return status.stream()
        .flatMap(s -> s.messages(1).stream())
        .map(v -> v.text(3))
        .distinct()
        .toList();
  }

  @Override
  public void close() {
    threads.shutdownNow();
    loop.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
