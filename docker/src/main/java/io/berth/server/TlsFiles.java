package io.berth.server;

import java.nio.file.Path;

/**
 * The files of mutual TLS, in PEM, as dockerd's {@code --tlscacert}, {@code --tlscert} and {@code
 * --tlskey}: clients must show a certificate of the authority.
 *
 * @param key in PKCS#8
 */
public record TlsFiles(Path authority, Path certificate, Path key) {}
