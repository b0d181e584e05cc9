package io.berth.container;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Makes container ids: 64 random hexadecimal digits. */
final class Ids {
  private final SecureRandom random = new SecureRandom();

  String next() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
