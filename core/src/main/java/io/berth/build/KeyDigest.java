package io.berth.build;

import io.berth.oci.Digest;
import io.berth.oci.Digester;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Digests a sequence of texts so that no two different sequences give the same bytes. */
final class KeyDigest {
  private static final int BUFFER = 8192;

  private final Digester digester = Digester.sha256();
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

  /**
   * @param kind what the key is for; change it when the meaning of a step changes
   */
  KeyDigest(String kind) {
    add(kind);
  }

  KeyDigest add(String text) {
    // UTF-16 as it is: names of files that are not UTF-8 hold lone surrogates. The length first,
    // so that "ab", "c" is not "a", "bc".
    need(Integer.BYTES);
    buffer.putInt(text.length());
    for (int i = 0; i < text.length(); i++) {
      need(Character.BYTES);
      buffer.putChar(text.charAt(i));
    }
    return this;
  }

  KeyDigest add(long number) {
    need(Long.BYTES);
    buffer.putLong(number);
    return this;
  }

  KeyDigest add(Digest digest) {
    byte[] bytes = HexFormat.of().parseHex(digest.hex());
    need(bytes.length);
    buffer.put(bytes);
    return this;
  }

  private void need(int bytes) {
    if (buffer.remaining() < bytes) {
      digester.update(buffer.flip());
      buffer.clear();
    }
  }

  KeyDigest add(Collection<String> texts) {
    add(texts.size());
    texts.forEach(this::add);
    return this;
  }

  KeyDigest add(Map<String, String> map) {
    add(map.size());
    new TreeMap<>(map).forEach((name, value) -> add(name).add(value));
    return this;
  }

  /** The digest of all that was added; nothing can be added after it. */
  Digest digest() {
    digester.update(buffer.flip());
    return digester.digest();
  }
}
