package io.berth.oci;

import io.berth.error.InvalidInputException;
import java.util.regex.Pattern;

/**
 * The name of some bytes by their hash, such as {@code sha256:e3b0c442…} (OCI image-spec,
 * descriptor.md, "Digests").
 *
 * <pre>{@code
 * Digest digest = Digest.sha256(bytes);
 * Path file = blobs.resolve(digest.algorithm()).resolve(digest.hex());
 * }</pre>
 *
 * @param algorithm {@code sha256} or {@code sha512}
 * @param hex the hash in lower-case hexadecimal digits, of exactly the algorithm's length
 */
public record Digest(String algorithm, String hex) implements Comparable<Digest> {
  public static final String SHA256 = "sha256";
  public static final String SHA512 = "sha512";

  private static final Pattern LOWER_HEX = Pattern.compile("[0-9a-f]+");

  public Digest {
    int length = hexLength(algorithm);
    if (hex.length() != length || !LOWER_HEX.matcher(hex).matches()) {
      throw new InvalidInputException(
          "Invalid digest "
              + Quoted.of(algorithm + ":" + hex)
              + ": "
              + algorithm
              + " needs "
              + length
              + " lower-case hexadecimal digits"
              + (hex.length() == length ? "" : ", found " + hex.length() + " characters"));
    }
  }

  /** Parses {@code algorithm:hex}. */
  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new InvalidInputException(
          "Invalid digest " + Quoted.of(text) + ": expected algorithm:hex, such as sha256:e3b0c4…");
    }
    return new Digest(text.substring(0, colon), text.substring(colon + 1));
  }

  /** The SHA-256 of these bytes. */
  public static Digest sha256(byte[] bytes) {
    return Digester.sha256().update(bytes).digest();
  }

  /** The SHA-512 of these bytes. */
  public static Digest sha512(byte[] bytes) {
    return new Digester(SHA512).update(bytes).digest();
  }

  /** The first 12 digits, as people see them in listings. */
  public String shortHex() {
    return hex.substring(0, 12);
  }

  /** A digester for checking other bytes against this. */
  public Digester digester() {
    return new Digester(algorithm);
  }

  @Override
  public int compareTo(Digest other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }

  private static int hexLength(String algorithm) {
    return switch (algorithm) {
      case SHA256 -> 64;
      case SHA512 -> 128;
      default ->
          throw new InvalidInputException(
              "Unsupported digest algorithm " + Quoted.of(algorithm) + ": use sha256 or sha512");
    };
  }
}
