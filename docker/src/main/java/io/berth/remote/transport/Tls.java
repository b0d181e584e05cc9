package io.berth.remote.transport;

import io.berth.error.InvalidInputException;
import io.berth.tls.PemFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * How a connection is secured.
 *
 * @param checked whether the engine has to show a certificate for its name
 * @param description of where the certificates are from
 */
public record Tls(SSLContext context, boolean checked, String description) {
  /**
   * The settings of a directory as docker has it: {@code ca.pem}, whom to trust (Java's own
   * authorities when it is missing), and {@code cert.pem} with {@code key.pem}, what to show (no
   * certificate when both are missing).
   *
   * @param check whether the engine's certificate is to be checked
   */
  public static Tls of(Path directory, boolean check) {
    Path authority = directory.resolve("ca.pem");
    Path certificate = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    if (!Files.isDirectory(directory)) {
      throw new InvalidInputException(
          "No such directory of certificates: "
              + directory
              + "; expected ca.pem, cert.pem, key.pem");
    }
    try {
      KeyManager[] keys =
          Files.exists(certificate) || Files.exists(key)
              ? PemFiles.keyManagers(certificate, key).toArray(KeyManager[]::new)
              : new KeyManager[0];
      TrustManager trust =
          !check
              ? PemFiles.trustAll()
              : Files.exists(authority) ? PemFiles.trust(List.of(authority)) : PemFiles.javaTrust();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, new TrustManager[] {trust}, null);
      return new Tls(context, check, directory.toString());
    } catch (GeneralSecurityException e) {
      throw new InvalidInputException("Cannot use the certificates in " + directory + ": " + e, e);
    }
  }
}
