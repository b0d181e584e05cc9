package io.berth.server;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A connection to a unix socket that sends what it is told to, well-formed or not. */
public final class UnixHttp implements Closeable {
  /** An answer, its body without the framing. */
  public record Reply(int status, Map<String, String> headers, byte[] body) {
    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  private final SocketChannel channel;
  private final InputStream in;

  public UnixHttp(Path socket) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    in = Channels.newInputStream(channel);
  }

  /** Asks once, on a connection of its own. */
  public static Reply ask(Path socket, String method, String path, String json) throws IOException {
    try (UnixHttp http = new UnixHttp(socket)) {
      http.send(request(method, path, json));
      return http.reply(method.equals("HEAD"));
    }
  }

  public static String request(String method, String path, String json) {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    String type = json.isEmpty() ? "" : "Content-Type: application/json\r\n";
    String length = json.isEmpty() ? "" : "Content-Length: " + body.length + "\r\n";
    return method + " " + path + " HTTP/1.1\r\nHost: d\r\n" + type + length + "\r\n" + json;
  }

  public UnixHttp send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  public UnixHttp send(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    return this;
  }

  public UnixHttp endInput() throws IOException {
    channel.shutdownOutput();
    return this;
  }

  public InputStream in() {
    return in;
  }

  public byte[] readToEnd() throws IOException {
    return in.readAllBytes();
  }

  public Reply reply(boolean head) throws IOException {
    Reply start = headers();
    Map<String, String> headers = start.headers();
    if (head || start.status() == 204 || start.status() == 304) {
      return start;
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if ("chunked".equals(headers.get("transfer-encoding"))) {
      for (String chunk = chunk(); !chunk.isEmpty(); chunk = chunk()) {
        body.write(chunk.getBytes(StandardCharsets.ISO_8859_1));
      }
    } else if (headers.containsKey("content-length")) {
      body.write(in.readNBytes(Integer.parseInt(headers.get("content-length"))));
    } else {
      body.write(in.readAllBytes());
    }
    return new Reply(start.status(), headers, body.toByteArray());
  }

  /** The next piece of a body that comes in chunks, byte by byte; empty at its end. */
  public String chunk() throws IOException {
    byte[] bytes = in.readNBytes(Integer.parseInt(line(), 16));
    line();
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** The status and the headers alone. */
  public Reply headers() throws IOException {
    String status = line();
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new Reply(Integer.parseInt(status.split(" ")[1]), headers, new byte[0]);
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b; (b = in.read()) != '\n'; ) {
      if (b < 0) {
        throw new IOException("The connection ended in a line: " + line);
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8).strip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
