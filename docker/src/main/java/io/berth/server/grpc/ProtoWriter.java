package io.berth.server.grpc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/**
 * Writes a message of protocol buffers, field by field. What has the default value of its type is
 * left out, as proto3 does.
 *
 * <pre>{@code
 * new ProtoWriter().text(1, "name").message(2, new ProtoWriter().number(1, 5)).toBytes();
 * }</pre>
 */
public final class ProtoWriter {
  private static final int VARINT = 0;
  private static final int LENGTH = 2;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public ProtoWriter number(int field, long value) {
    if (value != 0) {
      varint((long) field << 3 | VARINT);
      varint(value);
    }
    return this;
  }

  public ProtoWriter flag(int field, boolean value) {
    return number(field, value ? 1 : 0);
  }

  public ProtoWriter text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  public ProtoWriter bytes(int field, byte[] value) {
    if (value.length > 0) {
      always(field, value);
    }
    return this;
  }

  /** A message, also an empty one: that it is there says something. */
  public ProtoWriter message(int field, ProtoWriter value) {
    always(field, value.toBytes());
    return this;
  }

  /** A map from strings to strings. */
  public ProtoWriter textMap(int field, Map<String, String> map) {
    map.forEach((key, value) -> message(field, new ProtoWriter().text(1, key).text(2, value)));
    return this;
  }

  /** As google.protobuf.Timestamp. */
  public ProtoWriter time(int field, Instant time) {
    return message(
        field, new ProtoWriter().number(1, time.getEpochSecond()).number(2, time.getNano()));
  }

  private void always(int field, byte[] value) {
    varint((long) field << 3 | LENGTH);
    varint(value.length);
    out.writeBytes(value);
  }

  private void varint(long value) {
    long rest = value;
    for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
      out.write((int) (rest & 0x7f | 0x80));
    }
    out.write((int) rest);
  }

  public byte[] toBytes() {
    return out.toByteArray();
  }
}
