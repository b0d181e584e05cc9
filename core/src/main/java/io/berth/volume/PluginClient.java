package io.berth.volume;

import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import io.berth.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Calls a Docker plugin: JSON by POST over a unix socket or TCP (docs.docker.com, "Docker Plugin
 * API"). One connection for each call.
 */
final class PluginClient {
  private static final int MAX_ANSWER = 16 << 20;
  private static final int MAX_LINE = 64 << 10;

  private final String plugin;
  private final SocketAddress address;

  PluginClient(String plugin, SocketAddress address) {
    this.plugin = plugin;
    this.address = address;
  }

  /** The address in a .spec file: {@code unix:///path} or {@code tcp://host:port}. */
  static SocketAddress address(String text) {
    try {
      URI uri = URI.create(text.strip());
      return "unix".equals(uri.getScheme())
          ? UnixDomainSocketAddress.of(uri.getPath())
          : new InetSocketAddress(uri.getHost(), uri.getPort());
    } catch (IllegalArgumentException | NullPointerException e) {
      throw new InvalidInputException(
          "Not the address of a plugin: \""
              + text.strip()
              + "\"; expected one such as unix:///run/plugin.sock or tcp://localhost:8080",
          e);
    }
  }

  /**
   * @throws BerthException with the plugin's own words, when it says that it failed
   */
  JsonReader call(String method, JsonWriter request) {
    byte[] body = request.toBytes();
    String head =
        "POST /"
            + method
            + " HTTP/1.1\r\nHost: plugin\r\nAccept: application/vnd.docker.plugins.v1.1+json\r\n"
            + "Content-Type: application/json\r\nConnection: close\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    boolean unix = address instanceof UnixDomainSocketAddress;
    try (SocketChannel channel =
        unix ? SocketChannel.open(java.net.StandardProtocolFamily.UNIX) : SocketChannel.open()) {
      channel.connect(address);
      write(channel, head.getBytes(StandardCharsets.US_ASCII));
      write(channel, body);
      return answer(method, Channels.newInputStream(channel));
    } catch (IOException | NumberFormatException e) {
      throw new StorageException(
          "Cannot call " + method + " of volume plugin " + plugin + " at " + address + ": " + e, e);
    }
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private JsonReader answer(String method, InputStream in) throws IOException {
    String status = line(in);
    long length = -1;
    boolean chunked = false;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring("content-length:".length()).strip());
      } else if (lower.startsWith("transfer-encoding:") && lower.contains("chunked")) {
        chunked = true;
      }
    }
    if (length > MAX_ANSWER) {
      throw tooLarge();
    }
    byte[] body = chunked ? chunks(in) : in.readNBytes(length < 0 ? MAX_ANSWER : (int) length);
    boolean fine = status.matches("HTTP/1\\.[01] 200.*");
    String what = "answer of volume plugin " + plugin + " to " + method;
    if (body.length == 0 && fine) {
      return Json.parse(what, "{}".getBytes(StandardCharsets.US_ASCII));
    }
    if (!fine && (body.length == 0 || body[0] != '{')) {
      throw new BerthException(
          "VolumeDriver "
              + plugin
              + ": "
              + status
              + " "
              + new String(body, StandardCharsets.UTF_8));
    }
    JsonReader json = Json.parse(what, body);
    String error = json.optionalString("Err").orElse("");
    if (!fine || !error.isEmpty()) {
      throw new BerthException(method + " of volume plugin " + plugin + ": " + error);
    }
    return json;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || line.length() > MAX_LINE) {
        throw new EOFException("the answer ends in its head");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private static IOException tooLarge() {
    return new IOException("the answer is larger than " + MAX_ANSWER + " bytes");
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseUnsignedInt(line(in).replaceFirst(";.*", "").strip(), 16);
      if (size == 0) {
        return all.toByteArray();
      }
      if (size < 0 || size > MAX_ANSWER - all.size()) {
        throw tooLarge();
      }
      all.write(in.readNBytes(size));
      line(in);
    }
  }
}
