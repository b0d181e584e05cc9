package io.berth.server.peer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.berth.server.UnixHttp.Reply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** What a server answered, as far as it can be compared. */
record Answer(Reply reply) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String STAT = "x-docker-container-path-stat";

  private String type() {
    return reply.headers().getOrDefault("content-type", "none");
  }

  private boolean isJson() {
    return type().startsWith("application/json");
  }

  /** The documents of the body; one or many. */
  List<JsonNode> documents() {
    try (JsonParser parser = JSON.createParser(reply.body())) {
      List<JsonNode> all = new ArrayList<>();
      for (JsonNode one; (one = JSON.readTree(parser)) != null; ) {
        all.add(one);
      }
      return all;
    } catch (IOException e) {
      throw new IllegalStateException("No JSON: " + reply.text(), e);
    }
  }

  /** Says how ours differs from this one, which is dockerd's. */
  List<String> differences(Answer ours) {
    List<String> found = new ArrayList<>();
    if (reply.status() != ours.reply.status()) {
      found.add("status: dockerd " + this.summary() + ", ours " + ours.summary());
      return found;
    }
    if (!type().equals(ours.type())) {
      found.add("content type: dockerd " + type() + ", ours " + ours.type());
    } else if (isJson()) {
      found.addAll(Shape.of(documents()).differences(Shape.of(ours.documents())));
    } else if (!content().equals(ours.content())) {
      found.add("content: dockerd\n" + content() + "\nours\n" + ours.content());
    }
    header(found, "stat", stat(), ours.stat());
    return found;
  }

  private static void header(List<String> found, String name, List<JsonNode> a, List<JsonNode> b) {
    Shape.of(a).differences(Shape.of(b)).forEach(d -> found.add(name + " " + d));
  }

  private List<JsonNode> stat() {
    String header = reply.headers().get(STAT);
    try {
      return header == null
          ? List.of()
          : List.of(JSON.readTree(Base64.getDecoder().decode(header)));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String summary() {
    String text = reply.text().strip();
    return reply.status() + " " + text.substring(0, Math.min(300, text.length()));
  }

  /** A body that is no JSON: the text of a stream, the entries of an archive. */
  private String content() {
    return switch (type()) {
      case "application/x-tar" -> entries();
      case "application/vnd.docker.raw-stream", "application/vnd.docker.multiplexed-stream" ->
          frames();
      default -> reply.text();
    };
  }

  private String entries() {
    TreeSet<String> lines = new TreeSet<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(reply.body()))) {
      for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
        lines.add(
            "%s %o %d:%d %d %s"
                .formatted(
                    e.getName(),
                    e.getMode() & 07777,
                    e.getLongUserId(),
                    e.getLongGroupId(),
                    e.isDirectory() ? 0 : e.getSize(),
                    Objects.toString(e.getLinkName(), "")));
      }
    } catch (IOException e) {
      lines.add(e.toString());
    }
    return String.join("\n", lines);
  }

  /** Standard output, then standard error: in which order they come is chance. */
  private String frames() {
    StringBuilder[] streams = {new StringBuilder(), new StringBuilder(), new StringBuilder()};
    ByteBuffer left = ByteBuffer.wrap(reply.body());
    while (left.remaining() >= 8 && left.get(left.position()) <= 2) {
      int stream = left.getInt() >>> 24;
      byte[] text = new byte[Math.min(left.getInt(), left.remaining())];
      left.get(text);
      streams[stream].append(new String(text, StandardCharsets.UTF_8));
    }
    if (left.hasRemaining()) {
      return reply.text();
    }
    return "out:\n" + streams[1] + "err:\n" + streams[2];
  }

  /** A value for later requests. */
  String at(String pointer) {
    try {
      return JSON.readTree(reply.body()).at(pointer).asText();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("No JSON: " + reply.text(), e);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
