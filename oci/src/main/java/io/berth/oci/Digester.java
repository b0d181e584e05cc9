package io.berth.oci;

import io.berth.error.InvalidInputException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Computes the digest and size of bytes that come in pieces. For one thread and one digest.
 *
 * <pre>{@code
 * Digester digester = Digester.sha256();
 * while ((n = in.read(buffer)) > 0) digester.update(buffer, 0, n);
 * Digest digest = digester.digest();
 * }</pre>
 */
public final class Digester {
  private final String algorithm;
  private final MessageDigest hash;
  private long size;

  /**
   * @param algorithm as in {@link Digest#algorithm()}
   */
  public Digester(String algorithm) {
    this.algorithm = algorithm;
    this.hash = hash(algorithm);
  }

  /** A digester for {@code sha256}, the algorithm of nearly all images. */
  public static Digester sha256() {
    return new Digester(Digest.SHA256);
  }

  public Digester update(byte[] bytes) {
    return update(bytes, 0, bytes.length);
  }

  public Digester update(byte[] bytes, int offset, int length) {
    hash.update(bytes, offset, length);
    size += length;
    return this;
  }

  /** Takes all remaining bytes of the buffer. */
  public Digester update(ByteBuffer bytes) {
    size += bytes.remaining();
    hash.update(bytes);
    return this;
  }

  /** The number of bytes taken so far. */
  public long size() {
    return size;
  }

  /** The digest of the bytes taken; may be called once. */
  public Digest digest() {
    return new Digest(algorithm, HexFormat.of().formatHex(hash.digest()));
  }

  private static MessageDigest hash(String algorithm) {
    String name =
        switch (algorithm) {
          case Digest.SHA256 -> "SHA-256";
          case Digest.SHA512 -> "SHA-512";
          default ->
              throw new InvalidInputException(
                  "Unsupported digest algorithm "
                      + Quoted.of(algorithm)
                      + ": use sha256 or sha512");
        };
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This JDK lacks " + name, e);
    }
  }
}
