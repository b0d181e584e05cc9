package io.berth.build;

import io.berth.error.InvalidInputException;
import io.berth.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Optional;

/** One file that is in no tree: a here-document, or a download. */
final class FilePart implements CopyPart {
  private static final int HEREDOC_MODE = 0644;
  private static final int DOWNLOAD_MODE = 0600;

  private final String name;
  private final Digest digest;
  private final int mode;
  private final Instant modified;
  private final boolean unpack;
  private final Content content;

  @FunctionalInterface
  private interface Content {
    InputStream open() throws IOException;
  }

  private FilePart(
      String name, Digest digest, int mode, Instant modified, boolean unpack, Content content) {
    this.name = name.substring(name.lastIndexOf('/') + 1);
    this.digest = digest;
    this.mode = mode;
    this.modified = modified;
    this.unpack = unpack;
    this.content = content;
  }

  static FilePart text(String name, String text, Instant modified) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new FilePart(
        name,
        Digest.sha256(bytes),
        HEREDOC_MODE,
        modified,
        false,
        () -> new ByteArrayInputStream(bytes));
  }

  static FilePart download(Downloads.Download file, boolean unpack) {
    return new FilePart(
        file.name(),
        file.digest(),
        DOWNLOAD_MODE,
        file.modified(),
        unpack,
        () -> Files.newInputStream(file.file()));
  }

  @Override
  public int count() {
    return 1;
  }

  @Override
  public void addTo(KeyDigest key) {
    key.add("file").add(name).add(digest.hex()).add(mode).add(String.valueOf(unpack));
  }

  @Override
  public void copy(TreeWriter to, CopyRequest request, Ownership ownership, boolean inside) {
    if (unpack
        && new ArchiveUnpacker(
                to,
                request.path(),
                request.chown().isPresent()
                    ? ownership
                    : new Ownership(Optional.empty(), ownership.mode()),
                request.unpackedLimit())
            .unpack(name, this::open)) {
      return;
    }
    String target = inside ? request.path() + "/" + name : to.followed(request.path());
    to.makeDirectories(TreePart.parent(target), ownership.ownerOrRoot(), ownership.directoryMode());
    try (InputStream in = open()) {
      to.file(target, in, ownership.mode(mode, false), ownership.ownerOrRoot(), modified);
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + name + ": " + e.getMessage(), e);
    }
  }

  private InputStream open() {
    try {
      return content.open();
    } catch (IOException e) {
      throw new InvalidInputException("cannot read " + name + ": " + e.getMessage(), e);
    }
  }
}
