package io.berth.build;

import io.berth.oci.Digest;
import io.berth.oci.Digester;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** Digests a sequence of texts so that no two different sequences give the same bytes. */
final class KeyDigest {
  private final Digester digester = Digester.sha256();

  /**
   * @param kind what the key is for; change it when the meaning of a step changes
   */
  KeyDigest(String kind) {
    add(kind);
  }

  KeyDigest add(String text) {
    // UTF-16 as it is: names of files that are not UTF-8 hold lone surrogates. The length first,
    // so that "ab", "c" is not "a", "bc".
    ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + Character.BYTES * text.length());
    bytes.putInt(text.length()).asCharBuffer().put(text);
    digester.update(bytes.rewind());
    return this;
  }

  KeyDigest add(long number) {
    digester.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
    return this;
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

  Digest digest() {
    return digester.digest();
  }
}
