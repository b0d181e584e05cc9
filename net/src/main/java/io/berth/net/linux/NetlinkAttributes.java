package io.berth.net.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The attributes of a message from the kernel; of a repeated one, the last. */
final class NetlinkAttributes {
  private static final int TYPE = 0x3fff;

  private final Map<Integer, ByteBuffer> values = new HashMap<>();

  private NetlinkAttributes() {}

  static NetlinkAttributes parse(ByteBuffer data) {
    NetlinkAttributes attributes = new NetlinkAttributes();
    ByteBuffer in = data.duplicate().order(ByteOrder.nativeOrder());
    while (in.remaining() >= 4) {
      int at = in.position();
      int length = Short.toUnsignedInt(in.getShort(at));
      int type = Short.toUnsignedInt(in.getShort(at + 2)) & TYPE;
      if (length < 4 || length > in.remaining()) {
        break;
      }
      ByteBuffer value = in.slice(at + 4, length - 4).order(ByteOrder.nativeOrder());
      attributes.values.put(type, value);
      in.position(Math.min(in.limit(), at + ((length + 3) & ~3)));
    }
    return attributes;
  }

  Optional<byte[]> bytes(int type) {
    return Optional.ofNullable(values.get(type))
        .map(
            value -> {
              byte[] copy = new byte[value.remaining()];
              value.duplicate().get(copy);
              return copy;
            });
  }

  Optional<String> string(int type) {
    return bytes(type)
        .map(
            b -> {
              int end = b.length > 0 && b[b.length - 1] == 0 ? b.length - 1 : b.length;
              return new String(b, 0, end, StandardCharsets.UTF_8);
            });
  }

  Optional<Integer> u32(int type) {
    return Optional.ofNullable(values.get(type))
        .filter(v -> v.remaining() >= 4)
        .map(v -> v.getInt(0));
  }

  Optional<Integer> be32(int type) {
    return bytes(type).filter(b -> b.length >= 4).map(b -> ByteBuffer.wrap(b).getInt());
  }

  NetlinkAttributes nested(int type) {
    ByteBuffer value = values.get(type);
    return value == null ? new NetlinkAttributes() : parse(value);
  }
}
