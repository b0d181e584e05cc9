package io.berth.build;

import io.berth.oci.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a build was made from, besides its own context: for its provenance. Thread-safe. */
final class Materials {
  private final Optional<Materials> common;
  private final Map<String, Map<String, String>> digests = new TreeMap<>();

  Materials() {
    this(Optional.empty());
  }

  private Materials(Optional<Materials> common) {
    this.common = common;
  }

  /** Those of one platform, besides these. */
  Materials more() {
    return new Materials(Optional.of(this));
  }

  /**
   * @param uri as SLSA names it, such as {@code pkg:docker/debian@12} or a URL
   * @param digest by the names of their algorithms
   */
  record Material(String uri, Map<String, String> digest) {}

  synchronized void add(String uri, Digest digest) {
    digests.put(uri, Map.of(digest.algorithm(), digest.hex()));
  }

  synchronized void addCommit(String remote, String commit) {
    digests.put(remote, Map.of(commit.length() == 40 ? "sha1" : "sha256", commit));
  }

  synchronized List<Material> all() {
    List<Material> all = new ArrayList<>();
    common.ifPresent(materials -> all.addAll(materials.all()));
    digests.forEach((uri, digest) -> all.add(new Material(uri, digest)));
    return all;
  }
}
