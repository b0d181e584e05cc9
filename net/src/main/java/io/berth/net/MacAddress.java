package io.berth.net;

import io.berth.error.InvalidInputException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** An Ethernet address, six bytes as {@code 02:42:ac:11:00:02}. */
public record MacAddress(String value) {
  private static final Pattern FORM = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}");
  private static final HexFormat HEX = HexFormat.ofDelimiter(":");

  /**
   * @throws InvalidInputException when it is not one, or one of a group
   */
  public MacAddress {
    value = value.toLowerCase(Locale.ROOT).replace('-', ':');
    if (!FORM.matcher(value).matches()) {
      throw new InvalidInputException(
          "Invalid MAC address \"" + value + "\": expected six bytes as 02:42:ac:11:00:02");
    }
    if ((HEX.parseHex(value)[0] & 1) != 0) {
      throw new InvalidInputException(
          "Invalid MAC address \"" + value + "\": it is a multicast address");
    }
  }

  /** One of this machine's making; of the first six bytes, the first must be even. */
  public static MacAddress of(byte[] bytes) {
    return new MacAddress(HEX.formatHex(bytes));
  }

  /**
   * The one that Docker gives to the owner of an IPv4 address: whoever gets the address next has
   * the same, so that neighbours need not unlearn it.
   */
  public static MacAddress ofIpv4(byte[] ipv4) {
    return of(new byte[] {0x02, 0x42, ipv4[0], ipv4[1], ipv4[2], ipv4[3]});
  }

  public byte[] bytes() {
    return HEX.parseHex(value);
  }

  @Override
  public String toString() {
    return value;
  }
}
