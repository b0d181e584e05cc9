package io.berth.registry;

import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.ImageSink;
import io.berth.oci.Reference;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A place for an image on a registry. */
final class RegistryTarget implements ImageSink {
  private final Manifests manifests;
  private final Blobs blobs;
  private final Repository repository;
  private final Reference reference;
  private final Mounts mounts;
  // Uploads that were begun because the registry could not mount.
  private final Map<Digest, String> begun = new ConcurrentHashMap<>();

  RegistryTarget(
      Manifests manifests, Blobs blobs, Repository repository, Reference reference, Mounts mounts) {
    this.manifests = manifests;
    this.blobs = blobs;
    this.repository = repository;
    this.reference = reference;
    this.mounts = mounts;
  }

  @Override
  public boolean has(Descriptor blob) {
    if (blobs.has(repository, blob)) {
      return true;
    }
    Optional<Reference> origin =
        mounts.origins(blob).stream()
            .filter(other -> other.domain().equals(reference.domain()))
            .filter(other -> !other.path().equals(reference.path()))
            .findFirst();
    if (origin.isEmpty()) {
      return false;
    }
    return mount(blob, origin.get());
  }

  private boolean mount(Descriptor blob, Reference origin) {
    try {
      Optional<String> location = blobs.mount(repository, blob, origin.path());
      location.ifPresent(l -> begun.put(blob.digest(), l));
      if (location.isEmpty()) {
        mounts.mounted(blob, origin);
      }
      return location.isEmpty();
    } catch (RegistryException e) {
      if (e.isDenied()) {
        return false; // who may not read the other repository uploads
      }
      throw e;
    }
  }

  @Override
  public void blob(Descriptor blob, Content content) {
    blobs.put(repository, blob, Optional.ofNullable(begun.remove(blob.digest())), content);
  }

  @Override
  public void manifest(Descriptor manifest, byte[] bytes) {
    manifests.put(repository, manifest.digest().toString(), manifest, bytes);
  }

  @Override
  public void root(Descriptor root, byte[] bytes) {
    manifests.put(
        repository, reference.tag().orElseGet(() -> root.digest().toString()), root, bytes);
  }

  @Override
  public void close() {
    // Uploads that were begun and not used are the registry's to forget.
  }
}
