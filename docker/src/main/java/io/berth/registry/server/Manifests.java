package io.berth.registry.server;

import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import io.berth.json.Json;
import io.berth.layers.BlobStore;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.Manifest;
import io.berth.oci.RootDocument;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The manifests of repositories, their tags, and which manifest refers to which. */
final class Manifests {
  private final Repositories repositories;
  private final BlobStore blobs;

  Manifests(Repositories repositories) {
    this.repositories = repositories;
    this.blobs = repositories.blobs();
  }

  /** A manifest as it was pushed. */
  record Stored(Digest digest, String mediaType, byte[] bytes) {}

  Optional<Stored> get(String repository, Digest digest) {
    return LinkFiles.read(repositories.files(repository).manifest(digest))
        .flatMap(type -> read(digest).map(bytes -> new Stored(digest, type, bytes)));
  }

  private Optional<byte[]> read(Digest digest) {
    try (InputStream in = blobs.open(digest)) {
      return Optional.of(in.readAllBytes());
    } catch (NotFoundException e) {
      return Optional.empty(); // removed just now
    } catch (IOException e) {
      throw new StorageException("Cannot read manifest " + digest + ": " + e.getMessage(), e);
    }
  }

  Optional<Digest> tagged(String repository, String tag) {
    return LinkFiles.read(repositories.files(repository).tag(tag)).map(Digest::parse);
  }

  List<String> tags(String repository) {
    return LinkFiles.names(repositories.files(repository).tags());
  }

  /**
   * Keeps a manifest. Its blobs are made to last first: once a manifest is there, the image is.
   *
   * @param document what the bytes say
   */
  void put(
      String repository, Digest digest, byte[] bytes, RootDocument document, Set<String> tags) {
    RepositoryFiles files = repositories.files(repository);
    repositories.adding(
        () -> {
          if (document instanceof Manifest manifest) {
            requireBlobs(repository, manifest);
          }
          keep(digest, bytes);
          LinkFiles.syncDirectory(files.blob(digest).getParent());
          document
              .subject()
              .ifPresent(
                  subject ->
                      LinkFiles.write(
                          files.referrer(subject.digest(), digest),
                          Json.toString(describe(digest, bytes.length, document).toNode())));
          LinkFiles.write(files.manifest(digest), document.mediaType());
          tags.forEach(tag -> LinkFiles.write(files.tag(tag), digest.toString()));
          return digest;
        });
  }

  private void keep(Digest digest, byte[] bytes) {
    try {
      blobs.ingest(
          new ByteArrayInputStream(bytes), Optional.of(digest), OptionalLong.of(bytes.length));
    } catch (IOException e) {
      throw new StorageException("Cannot keep manifest " + digest + ": " + e.getMessage(), e);
    }
  }

  private void requireBlobs(String repository, Manifest manifest) {
    requireBlob(repository, manifest.config());
    for (Descriptor layer : manifest.layers()) {
      // Layers that may not be distributed are fetched from elsewhere.
      boolean elsewhere =
          layer.mediaType().contains("nondistributable") || layer.mediaType().contains("foreign");
      if (!elsewhere) {
        requireBlob(repository, layer);
      }
    }
  }

  private void requireBlob(String repository, Descriptor blob) {
    if (!repositories.hasBlob(repository, blob.digest())) {
      throw RegistryError.manifestBlobUnknown(repository, blob.digest());
    }
  }

  /** What the referrers of a subject are listed as (distribution-spec, "Listing Referrers"). */
  private static Descriptor describe(Digest digest, long size, RootDocument document) {
    Descriptor plain =
        new Descriptor(document.mediaType(), digest, size).withAnnotations(document.annotations());
    Optional<String> type =
        document instanceof Manifest manifest
            ? document.artifactType().or(() -> Optional.of(manifest.config().mediaType()))
            : document.artifactType();
    return type.map(plain::withArtifactType).orElse(plain);
  }

  List<Descriptor> referrers(String repository, Digest subject) {
    RepositoryFiles files = repositories.files(repository);
    List<Descriptor> found = new ArrayList<>();
    for (String name : LinkFiles.names(files.referrers(subject))) {
      LinkFiles.read(files.referrers(subject).resolve(name))
          .map(text -> Descriptor.read(Json.parse("referrer", utf8(text))))
          .ifPresent(found::add);
    }
    return found;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  boolean removeTag(String repository, String tag) {
    return repositories.removing(() -> LinkFiles.delete(repositories.files(repository).tag(tag)));
  }

  /** Removes a manifest and the tags that point to it; false when there is none. */
  boolean remove(String repository, Digest digest) {
    RepositoryFiles files = repositories.files(repository);
    return repositories.removing(
        () -> {
          Optional<Stored> stored = get(repository, digest);
          for (String tag : tags(repository)) {
            if (tagged(repository, tag).filter(digest::equals).isPresent()) {
              LinkFiles.delete(files.tag(tag));
            }
          }
          stored
              .flatMap(
                  manifest -> RootDocument.parse(manifest.bytes(), manifest.mediaType()).subject())
              .ifPresent(subject -> LinkFiles.delete(files.referrer(subject.digest(), digest)));
          boolean removed = LinkFiles.delete(files.manifest(digest));
          if (removed) {
            repositories.removeUnlessUsed(digest);
          }
          return removed;
        });
  }
}
