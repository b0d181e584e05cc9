package io.berth.net.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A netlink message in the making (RFC 3549): a header, a fixed part, and attributes, each padded
 * to four bytes. Numbers are in the machine's byte order, but for the methods that say otherwise.
 */
final class NetlinkMessage {
  static final int REQUEST = 1;
  static final int ACK = 4;
  static final int EXCL = 0x200;
  static final int CREATE = 0x400;
  static final int REPLACE = 0x100;
  static final int APPEND = 0x800;
  static final int DUMP = 0x300;

  static final int HEADER = 16;
  private static final int NESTED = 0x8000;

  private ByteBuffer out = ByteBuffer.allocate(512).order(ByteOrder.nativeOrder());

  /**
   * @param fixed what follows the header, such as a struct ifinfomsg
   */
  NetlinkMessage(int type, int flags, byte[] fixed) {
    out.putInt(0).putShort((short) type).putShort((short) flags).putInt(0).putInt(0);
    raw(fixed);
  }

  static ByteBuffer fixed(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }

  int type() {
    return Short.toUnsignedInt(out.getShort(4));
  }

  NetlinkMessage bytes(int attribute, byte[] value) {
    header(attribute, value.length);
    return raw(value);
  }

  NetlinkMessage flag(int attribute) {
    return bytes(attribute, new byte[0]);
  }

  NetlinkMessage u8(int attribute, int value) {
    return bytes(attribute, new byte[] {(byte) value});
  }

  NetlinkMessage u32(int attribute, int value) {
    return bytes(attribute, fixed(4).putInt(value).array());
  }

  /** In network byte order, as nf_tables has all its numbers. */
  NetlinkMessage be32(int attribute, int value) {
    return bytes(attribute, ByteBuffer.allocate(4).putInt(value).array());
  }

  /** With its closing NUL. */
  NetlinkMessage string(int attribute, String value) {
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    return bytes(attribute, Arrays.copyOf(text, text.length + 1));
  }

  NetlinkMessage nested(int attribute, Consumer<NetlinkMessage> content) {
    int start = out.position();
    header(attribute | NESTED, 0);
    content.accept(this);
    out.putShort(start, (short) (out.position() - start));
    return this;
  }

  /** A fixed part inside an attribute, such as the struct ifinfomsg of a veth's peer. */
  NetlinkMessage raw(byte[] value) {
    int padded = (value.length + 3) & ~3;
    reserve(padded);
    out.put(value);
    for (int i = value.length; i < padded; i++) {
      out.put((byte) 0);
    }
    return this;
  }

  private void header(int attribute, int length) {
    reserve(4);
    out.putShort((short) (4 + length)).putShort((short) attribute);
  }

  private void reserve(int size) {
    if (out.remaining() < size) {
      ByteBuffer larger =
          ByteBuffer.allocate(Math.max(2 * out.capacity(), out.position() + size))
              .order(ByteOrder.nativeOrder());
      larger.put(out.flip());
      out = larger;
    }
  }

  /** The message, with its length and a sequence number filled in. */
  byte[] encode(int sequence) {
    out.putInt(0, out.position()).putInt(8, sequence);
    return Arrays.copyOf(out.array(), out.position());
  }
}
