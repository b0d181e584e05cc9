package io.berth.archive;

/** How an archive of images is laid out. */
public enum ArchiveFormat {
  /** What docker 25 and newer write: an OCI layout with a {@code manifest.json} for older ones. */
  DOCKER,

  /** What docker before 25 and podman write: a directory for each layer, layers uncompressed. */
  DOCKER_LEGACY,

  /** An OCI layout and nothing else: skopeo's {@code oci-archive}. */
  OCI
}
