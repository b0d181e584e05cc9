package io.berth.oci;

import io.berth.error.InvalidInputException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The digest of content, such as {@code sha256:e3b0...} (OCI image-spec, descriptor.md). */
public record Digest(String algorithm, String hex) {
  public Digest {
    int length = "sha256".equals(algorithm) ? 64 : "sha512".equals(algorithm) ? 128 : -1;
    if (hex.length() != length || !hex.matches("[0-9a-f]+")) {
      throw new InvalidInputException("Not a digest: " + algorithm + ":" + hex);
    }
  }

  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new InvalidInputException("Not a digest: " + text);
    }
    return new Digest(text.substring(0, colon), text.substring(colon + 1));
  }

  public static Digest sha256(byte[] content) {
    try {
      return new Digest(
          "sha256", HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }
}
