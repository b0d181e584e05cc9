package io.berth.oci;

import java.util.Set;

/**
 * The media types of OCI images (image-spec, media-types.md) and of Docker's schema 2, and what
 * they stand for.
 */
public final class MediaTypes {
  public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
  public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
  public static final String OCI_EMPTY = "application/vnd.oci.empty.v1+json";
  public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
  public static final String OCI_LAYER_GZIP = OCI_LAYER + "+gzip";
  public static final String OCI_LAYER_ZSTD = OCI_LAYER + "+zstd";
  public static final String OCI_FOREIGN_LAYER =
      "application/vnd.oci.image.layer.nondistributable.v1.tar";
  public static final String OCI_FOREIGN_LAYER_GZIP = OCI_FOREIGN_LAYER + "+gzip";
  public static final String OCI_FOREIGN_LAYER_ZSTD = OCI_FOREIGN_LAYER + "+zstd";

  public static final String DOCKER_INDEX =
      "application/vnd.docker.distribution.manifest.list.v2+json";
  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";
  public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
  public static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
  public static final String DOCKER_LAYER_GZIP = DOCKER_LAYER + ".gzip";
  public static final String DOCKER_LAYER_ZSTD = DOCKER_LAYER + ".zstd";
  public static final String DOCKER_FOREIGN_LAYER =
      "application/vnd.docker.image.rootfs.foreign.diff.tar";
  public static final String DOCKER_FOREIGN_LAYER_GZIP = DOCKER_FOREIGN_LAYER + ".gzip";

  private static final Set<String> PLAIN_TAR =
      Set.of(OCI_LAYER, OCI_FOREIGN_LAYER, DOCKER_LAYER, DOCKER_FOREIGN_LAYER);
  private static final Set<String> GZIP =
      Set.of(OCI_LAYER_GZIP, OCI_FOREIGN_LAYER_GZIP, DOCKER_LAYER_GZIP, DOCKER_FOREIGN_LAYER_GZIP);
  private static final Set<String> ZSTD =
      Set.of(OCI_LAYER_ZSTD, OCI_FOREIGN_LAYER_ZSTD, DOCKER_LAYER_ZSTD);
  private static final Set<String> NONDISTRIBUTABLE =
      Set.of(
          OCI_FOREIGN_LAYER,
          OCI_FOREIGN_LAYER_GZIP,
          OCI_FOREIGN_LAYER_ZSTD,
          DOCKER_FOREIGN_LAYER,
          DOCKER_FOREIGN_LAYER_GZIP);

  private MediaTypes() {}

  /** Whether it is the manifest of one image. */
  public static boolean isManifest(String type) {
    return type.equals(OCI_MANIFEST) || type.equals(DOCKER_MANIFEST);
  }

  /** Whether it is an index, also called manifest list. */
  public static boolean isIndex(String type) {
    return type.equals(OCI_INDEX) || type.equals(DOCKER_INDEX);
  }

  /** Whether it is an image config. */
  public static boolean isConfig(String type) {
    return type.equals(OCI_CONFIG) || type.equals(DOCKER_CONFIG);
  }

  /** Whether it is a file-system layer that Berth can unpack. */
  public static boolean isLayer(String type) {
    return isTar(type) || isGzip(type) || isZstd(type);
  }

  /** Whether it is a layer that is not compressed. */
  public static boolean isTar(String type) {
    return PLAIN_TAR.contains(type);
  }

  /** Whether it is a layer compressed by gzip. */
  public static boolean isGzip(String type) {
    return GZIP.contains(type);
  }

  /** Whether it is a layer compressed by zstd. */
  public static boolean isZstd(String type) {
    return ZSTD.contains(type);
  }

  /** Whether it is a layer that is not to be pushed, but fetched from its {@code urls}. */
  public static boolean isNondistributable(String type) {
    return NONDISTRIBUTABLE.contains(type);
  }

  /** Whether it belongs to Docker's schema 2 and not to OCI. */
  public static boolean isDocker(String type) {
    return type.startsWith("application/vnd.docker.");
  }
}
