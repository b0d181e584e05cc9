package io.berth.registry;

import io.berth.error.StorageException;
import io.berth.tls.PemFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** The TLS settings for each registry: whom to trust, and which certificate to show. */
final class Certificates {
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
      TrustManager trust = check ? new EitherTrust(trustManagers(trusted)) : PemFiles.trustAll();
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
    managers.add(PemFiles.javaTrust());
    if (!files.isEmpty()) {
      managers.add(PemFiles.trust(files));
    }
    return managers;
  }

  private static List<KeyManager> keyManagers(Path certificate) {
    String name = certificate.getFileName().toString();
    Path key = certificate.resolveSibling(name.substring(0, name.length() - 5) + ".key");
    return PemFiles.keyManagers(certificate, key);
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
}
