package io.berth.registry.server;

import io.berth.oci.Digest;
import java.nio.file.Path;

/**
 * Where things are on disk, in {@code repositories/NAME/}. Repository names have no component that
 * begins with an underscore, so these directories cannot be taken for nested repositories.
 *
 * <pre>
 * _blobs/sha256/HEX                          empty: the repository has this blob
 * _manifests/sha256/HEX                      the media type of a manifest
 * _tags/TAG                                  the digest of a manifest
 * _referrers/sha256/SUBJECT/sha256-HEX       the descriptor of a manifest that refers to another
 * </pre>
 */
record RepositoryFiles(Path root, String name) {

  Path directory() {
    return root.resolve(name);
  }

  Path blobs() {
    return directory().resolve("_blobs");
  }

  Path blob(Digest digest) {
    return blobs().resolve(digest.algorithm()).resolve(digest.hex());
  }

  Path manifests() {
    return directory().resolve("_manifests");
  }

  Path manifest(Digest digest) {
    return manifests().resolve(digest.algorithm()).resolve(digest.hex());
  }

  Path tags() {
    return directory().resolve("_tags");
  }

  Path tag(String tag) {
    return tags().resolve(tag);
  }

  Path referrers(Digest subject) {
    return directory().resolve("_referrers").resolve(subject.algorithm()).resolve(subject.hex());
  }

  Path referrer(Digest subject, Digest manifest) {
    return referrers(subject).resolve(manifest.algorithm() + "-" + manifest.hex());
  }
}
