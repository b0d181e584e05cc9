package io.berth.server.buildkit;

import io.berth.server.grpc.ProtoWriter;
import java.nio.charset.StandardCharsets;

/** A file that a client sends, truthfully or not. */
record SentFile(String path, int mode, long size, String link, byte[] content) {
  private static final int DIRECTORY = 1 << 31;
  private static final int SYMLINK = 1 << 27;

  static SentFile file(String path, String content) {
    return file(path, content.getBytes(StandardCharsets.UTF_8));
  }

  static SentFile file(String path, byte[] content) {
    return new SentFile(path, 0644, content.length, "", content);
  }

  static SentFile executable(String path, byte[] content) {
    return new SentFile(path, 0755, content.length, "", content);
  }

  static SentFile directory(String path) {
    return new SentFile(path, DIRECTORY | 0755, 0, "", new byte[0]);
  }

  static SentFile symlink(String path, String target) {
    return new SentFile(path, SYMLINK | 0777, 0, target, new byte[0]);
  }

  ProtoWriter stat() {
    return new ProtoWriter()
        .text(1, path)
        .number(2, Integer.toUnsignedLong(mode))
        .number(5, size)
        .number(6, 1_000_000_000)
        .text(7, link);
  }
}
