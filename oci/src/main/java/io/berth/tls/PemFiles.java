package io.berth.tls;

import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Certificates and keys in files, as OpenSSL writes them. */
public final class PemFiles {
  private static final char[] NO_PASSWORD = {};
  private static final Pattern KEY =
      Pattern.compile(
          "-----BEGIN (RSA |EC )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END [A-Z ]*-----");
  // DER of the algorithm "rsaEncryption" without parameters: RFC 8017, A.1.
  private static final byte[] RSA_ALGORITHM = {
    0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };

  private PemFiles() {}

  /** Java's own authorities. */
  public static X509TrustManager javaTrust() throws GeneralSecurityException {
    return trustManager(null);
  }

  /** The authorities of these files alone. */
  public static X509TrustManager trust(List<Path> files) throws GeneralSecurityException {
    List<Certificate> own = new ArrayList<>();
    files.forEach(file -> own.addAll(readCertificates(file)));
    KeyStore store = emptyStore();
    for (int i = 0; i < own.size(); i++) {
      store.setCertificateEntry("ca" + i, own.get(i));
    }
    return trustManager(store);
  }

  /** Trusts whoever is there: no check at all. */
  public static X509TrustManager trustAll() {
    return new NoCheck();
  }

  private static X509TrustManager trustManager(KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        return x509;
      }
    }
    throw new GeneralSecurityException("no X.509 trust manager");
  }

  /**
   * What shows a certificate to the other side.
   *
   * @throws InvalidInputException when the two do not go together
   */
  public static List<KeyManager> keyManagers(Path certificate, Path key) {
    try {
      KeyStore store = emptyStore();
      Certificate[] chain = readCertificates(certificate).toArray(Certificate[]::new);
      store.setKeyEntry("client", readKey(key), NO_PASSWORD, chain);
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store, NO_PASSWORD);
      return List.of(factory.getKeyManagers());
    } catch (GeneralSecurityException e) {
      throw new InvalidInputException(
          "Cannot use " + certificate + " with " + key + ": " + e.getMessage(), e);
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, NO_PASSWORD);
      return store;
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private static Collection<? extends Certificate> readCertificates(Path file) {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(read(file)));
    } catch (GeneralSecurityException e) {
      throw new InvalidInputException(file + ": expected certificates in PEM: " + e, e);
    }
  }

  private static PrivateKey readKey(Path file) throws GeneralSecurityException {
    Matcher pem = KEY.matcher(new String(read(file), StandardCharsets.ISO_8859_1));
    if (!pem.find() || "EC ".equals(pem.group(1))) {
      throw new InvalidInputException(
          file
              + ": expected a private key in PEM, PKCS#8 or RSA, without password; convert it with:"
              + " openssl pkcs8 -topk8 -nocrypt");
    }
    byte[] der = Base64.getMimeDecoder().decode(pem.group(2));
    boolean rsaOnly = pem.group(1) != null;
    PKCS8EncodedKeySpec spec = new PKCS8EncodedKeySpec(rsaOnly ? wrapRsa(der) : der);
    GeneralSecurityException problem = null;
    for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(spec);
      } catch (GeneralSecurityException e) {
        problem = e;
      }
    }
    throw problem;
  }

  /** PKCS#1 inside PKCS#8 (RFC 5208): version, algorithm, key as an octet string. */
  private static byte[] wrapRsa(byte[] key) {
    byte[] octets = der(0x04, key);
    byte[] body = new byte[3 + RSA_ALGORITHM.length + octets.length];
    body[0] = 0x02;
    body[1] = 1;
    System.arraycopy(RSA_ALGORITHM, 0, body, 3, RSA_ALGORITHM.length);
    System.arraycopy(octets, 0, body, 3 + RSA_ALGORITHM.length, octets.length);
    return der(0x30, body);
  }

  /** A value in DER, whose length is written in as few bytes as possible (X.690, 10.1). */
  private static byte[] der(int tag, byte[] content) {
    byte[] length =
        content.length < 0x80
            ? new byte[] {(byte) content.length}
            : BigInteger.valueOf(content.length).toByteArray();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(tag);
    if (content.length >= 0x80) {
      int start = length[0] == 0 ? 1 : 0; // the sign
      all.write(0x80 | length.length - start);
      all.write(length, start, length.length - start);
    } else {
      all.writeBytes(length);
    }
    all.writeBytes(content);
    return all.toByteArray();
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new StorageException("Cannot read " + file + ": " + e, e);
    }
  }

  /** For those that the user has declared insecure. */
  private record NoCheck() implements X509TrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      // by the user's decision
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws java.security.cert.CertificateException {
      throw new java.security.cert.CertificateException("no server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
