package io.berth.layers.tar;

import io.berth.error.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The records of a PAX extended header: {@code "length key=value\n"}. Values are bytes: an extended
 * attribute such as {@code security.capability} is no text.
 */
record PaxRecords(List<PaxRecord> records) {
  static final PaxRecords NONE = new PaxRecords(List.of());

  /** One record; an empty value takes back what a global header said. */
  record PaxRecord(String key, byte[] value) {}

  static PaxRecords parse(byte[] bytes) {
    List<PaxRecord> records = new ArrayList<>();
    for (int at = 0; at < bytes.length && bytes[at] != 0; ) {
      int space = at;
      int length = 0;
      while (space < bytes.length && bytes[space] >= '0' && bytes[space] <= '9') {
        length = length * 10 + bytes[space++] - '0';
        if (length > bytes.length) {
          break;
        }
      }
      int end = at + length;
      if (space == at || end > bytes.length || space + 2 >= end) {
        throw malformed(at);
      }
      int equal = space + 1;
      while (equal < end && bytes[equal] != '=') {
        equal++;
      }
      if (bytes[space] != ' ' || bytes[end - 1] != '\n' || equal >= end || equal == space + 1) {
        throw malformed(at);
      }
      records.add(
          new PaxRecord(
              io.berth.linux.Names.decode(bytes, space + 1, equal - space - 1),
              Arrays.copyOfRange(bytes, equal + 1, end - 1)));
      at = end;
    }
    return new PaxRecords(List.copyOf(records));
  }

  /** These records after others, which they override. */
  PaxRecords after(PaxRecords earlier) {
    if (earlier.records.isEmpty()) {
      return this;
    }
    List<PaxRecord> all = new ArrayList<>(earlier.records);
    all.addAll(records);
    return new PaxRecords(all);
  }

  static void append(ByteArrayOutputStream out, String key, byte[] value) {
    byte[] name = io.berth.linux.Names.encode(key);
    int rest = name.length + value.length + 3;
    int length = rest + Integer.toString(rest).length();
    if (Integer.toString(length).length() > Integer.toString(rest).length()) {
      length = rest + Integer.toString(length).length();
    }
    out.writeBytes((length + " ").getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(name);
    out.write('=');
    out.writeBytes(value);
    out.write('\n');
  }

  private static InvalidInputException malformed(int at) {
    return new InvalidInputException(
        "Broken tar: PAX header record at byte "
            + at
            + " is not \"length key=value\"; the archive is damaged");
  }
}
