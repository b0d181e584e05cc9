package io.berth.registry;

import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
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
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The TLS settings for each registry: whom to trust, and which certificate to show. */
final class Certificates {
  private static final char[] NO_PASSWORD = {};
  private static final Pattern KEY =
      Pattern.compile(
          "-----BEGIN (RSA |EC )?PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END [A-Z ]*-----");
  // DER of the algorithm "rsaEncryption" without parameters: RFC 8017, A.1.
  private static final byte[] RSA_ALGORITHM = {
    0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };

  private final List<Path> authorities;
  private final List<Path> directories;

  Certificates(List<Path> authorities, List<Path> directories) {
    this.authorities = authorities;
    this.directories = directories;
  }

  /**
   * The settings for a registry.
   *
   * @param address host and optional port
   * @param check whether the registry's certificate is to be checked
   */
  SSLContext contextFor(String address, boolean check) {
    List<Path> trusted = new ArrayList<>(authorities);
    List<KeyManager> keys = new ArrayList<>();
    for (Path directory : directories) {
      Path own = directory.resolve(address);
      trusted.addAll(files(own, "*.crt"));
      files(own, "*.cert").forEach(cert -> keys.addAll(keyManagers(cert)));
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      TrustManager trust = check ? new EitherTrust(trustManagers(trusted)) : new NoCheck();
      context.init(keys.toArray(KeyManager[]::new), new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This JDK cannot do TLS: " + e.getMessage(), e);
    }
  }

  /** Whether there are authorities for this registry in particular. */
  boolean hasAuthority(String address) {
    return directories.stream().anyMatch(d -> !files(d.resolve(address), "*.crt").isEmpty());
  }

  /** Java's own authorities, and the given ones. */
  private static List<X509TrustManager> trustManagers(List<Path> files)
      throws GeneralSecurityException {
    List<X509TrustManager> managers = new ArrayList<>();
    managers.add(trustManager(null));
    List<Certificate> own = new ArrayList<>();
    files.forEach(file -> own.addAll(readCertificates(file)));
    if (!own.isEmpty()) {
      KeyStore store = emptyStore();
      for (int i = 0; i < own.size(); i++) {
        store.setCertificateEntry("ca" + i, own.get(i));
      }
      managers.add(trustManager(store));
    }
    return managers;
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

  private static List<KeyManager> keyManagers(Path certificate) {
    String name = certificate.getFileName().toString();
    Path key = certificate.resolveSibling(name.substring(0, name.length() - 5) + ".key");
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

  private static List<Path> files(Path directory, String pattern) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, pattern)) {
      files.forEach(found::add);
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    } catch (IOException e) {
      throw new StorageException("Cannot list " + directory + ": " + e, e);
    }
    found.sort(null);
    return found;
  }

  /** Trusts what one of several does. */
  private record EitherTrust(List<X509TrustManager> managers) implements X509TrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws java.security.cert.CertificateException {
      java.security.cert.CertificateException problem = null;
      for (X509TrustManager manager : managers) {
        try {
          manager.checkServerTrusted(chain, type);
          return;
        } catch (java.security.cert.CertificateException e) {
          problem = e;
        }
      }
      throw problem;
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws java.security.cert.CertificateException {
      throw new java.security.cert.CertificateException("no server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return managers.stream()
          .flatMap(manager -> List.of(manager.getAcceptedIssuers()).stream())
          .toArray(X509Certificate[]::new);
    }
  }

  /** For registries that were declared insecure. */
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
