package io.berth.server.grpc;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A message of protocol buffers, whose fields are asked for by their numbers. A field that is not
 * there has the default value of its type; of one that is there several times the last counts.
 */
public final class ProtoMessage {
  private static final ProtoMessage EMPTY = new ProtoMessage(List.of());

  private final List<Field> fields;

  /** A field: a number, or bytes. */
  private record Field(int number, long value, byte[] bytes) {}

  private ProtoMessage(List<Field> fields) {
    this.fields = fields;
  }

  public static ProtoMessage empty() {
    return EMPTY;
  }

  /**
   * Reads a message.
   *
   * @throws GrpcException when it is none
   */
  public static ProtoMessage parse(byte[] bytes) {
    List<Field> fields = new ArrayList<>();
    Input in = new Input(bytes);
    while (in.at < bytes.length) {
      long key = in.varint();
      int number = (int) (key >>> 3);
      if (number <= 0) {
        throw GrpcException.malformed("a field without a number");
      }
      switch ((int) key & 7) {
        case 0 -> fields.add(new Field(number, in.varint(), null));
        case 1 -> in.bytes(8);
        case 2 -> fields.add(new Field(number, 0, in.bytes(in.varint())));
        case 5 -> in.bytes(4);
        default -> throw GrpcException.malformed("a field of an unknown kind");
      }
    }
    return new ProtoMessage(fields);
  }

  private static final class Input {
    private final byte[] bytes;
    private int at;

    private Input(byte[] bytes) {
      this.bytes = bytes;
    }

    private long varint() {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        if (at >= bytes.length) {
          throw GrpcException.malformed("it ends within a number");
        }
        byte next = bytes[at++];
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw GrpcException.malformed("a number of more than 64 bits");
    }

    private byte[] bytes(long length) {
      if (length < 0 || length > bytes.length - at) {
        throw GrpcException.malformed("it ends within a field");
      }
      byte[] part = Arrays.copyOfRange(bytes, at, at + (int) length);
      at += (int) length;
      return part;
    }
  }

  private Stream<Field> all(int field, boolean bytes) {
    return fields.stream().filter(f -> f.number() == field && (f.bytes() != null) == bytes);
  }

  /** Whether a field is there, be it empty. */
  public boolean has(int field) {
    return fields.stream().anyMatch(f -> f.number() == field);
  }

  public long number(int field) {
    return all(field, false).reduce((a, b) -> b).map(Field::value).orElse(0L);
  }

  public boolean flag(int field) {
    return number(field) != 0;
  }

  public byte[] bytes(int field) {
    return all(field, true).reduce((a, b) -> b).map(Field::bytes).orElse(new byte[0]);
  }

  public String text(int field) {
    return utf8(bytes(field));
  }

  public List<String> texts(int field) {
    return all(field, true).map(f -> utf8(f.bytes())).toList();
  }

  /** A message in this one, if it is there. */
  public Optional<ProtoMessage> message(int field) {
    return all(field, true).reduce((a, b) -> b).map(f -> parse(f.bytes()));
  }

  public List<ProtoMessage> messages(int field) {
    return all(field, true).map(f -> parse(f.bytes())).toList();
  }

  /** A map from strings to strings. */
  public Map<String, String> textMap(int field) {
    Map<String, String> map = new LinkedHashMap<>();
    messages(field).forEach(entry -> map.put(entry.text(1), entry.text(2)));
    return map;
  }

  /** A map from strings to messages. */
  public Map<String, ProtoMessage> messageMap(int field) {
    Map<String, ProtoMessage> map = new LinkedHashMap<>();
    messages(field).forEach(entry -> map.put(entry.text(1), entry.message(2).orElse(EMPTY)));
    return map;
  }

  private static String utf8(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
