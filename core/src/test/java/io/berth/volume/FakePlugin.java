package io.berth.volume;

import io.berth.json.Json;
import io.berth.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A Docker volume plugin that keeps volumes as directories and writes down what it is asked. */
final class FakePlugin implements AutoCloseable {
  final List<String> calls = new CopyOnWriteArrayList<>();

  private final Path directory;
  private final ServerSocketChannel server;
  private final Map<String, String> options = new ConcurrentHashMap<>();
  private final boolean chunked;

  FakePlugin(Path socket, Path directory, boolean chunked) throws IOException {
    this.directory = directory;
    this.chunked = chunked;
    this.server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    Thread thread = new Thread(this::serve, "fake-plugin");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    while (true) {
      try (SocketChannel client = server.accept()) {
        answer(client);
      } catch (IOException e) {
        return;
      }
    }
  }

  private void answer(SocketChannel client) throws IOException {
    InputStream in = Channels.newInputStream(client);
    String method = line(in).split(" ")[1].substring(1);
    int length = 0;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      if (header.toLowerCase().startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(15).strip());
      }
    }
    JsonReader request = Json.parse("request", in.readNBytes(length));
    String body = body(method, request);
    boolean failed = body.contains("\"Err\":\"n");
    String head = "HTTP/1.1 " + (failed ? "500 Internal Server Error" : "200 OK") + "\r\n";
    String answer =
        chunked
            ? head
                + "Transfer-Encoding: chunked\r\n\r\n"
                + Integer.toHexString(body.length())
                + "\r\n"
                + body
                + "\r\n0\r\n\r\n"
            : head + "Content-Length: " + body.length() + "\r\n\r\n" + body;
    ByteBuffer out = ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8));
    while (out.hasRemaining()) {
      client.write(out);
    }
  }

  private String body(String method, JsonReader request) throws IOException {
    String name = request.optionalString("Name").orElse("");
    calls.add(method.replace("VolumeDriver.", "") + (name.isEmpty() ? "" : " " + name));
    Path volume = directory.resolve(name);
    return switch (method) {
      case "Plugin.Activate" -> "{\"Implements\":[\"VolumeDriver\"]}";
      case "VolumeDriver.Create" -> {
        if (request.stringMap("Opts").containsKey("bad")) {
          yield "{\"Err\":\"no such option: bad\"}";
        }
        Files.createDirectories(volume);
        options.put(name, request.stringMap("Opts").toString());
        yield "{\"Err\":\"\"}";
      }
      case "VolumeDriver.Remove" -> {
        options.remove(name);
        io.berth.linux.Trees.remove(volume);
        yield "{\"Err\":\"\"}";
      }
      case "VolumeDriver.Mount" -> "{\"Mountpoint\":\"" + volume + "\",\"Err\":\"\"}";
      case "VolumeDriver.Unmount" -> "{}";
      case "VolumeDriver.Get" ->
          options.containsKey(name)
              ? "{\"Volume\":{\"Name\":\"" + name + "\",\"Status\":{}},\"Err\":\"\"}"
              : "{\"Err\":\"no such volume\"}";
      case "VolumeDriver.List" ->
          "{\"Volumes\":["
              + String.join(
                  ",", options.keySet().stream().map(n -> "{\"Name\":\"" + n + "\"}").toList())
              + "]}";
      default -> "{\"Err\":\"not known: " + method + "\"}";
    };
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n' && c >= 0; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
