package io.berth.registry;

import io.berth.error.NotFoundException;
import io.berth.oci.Descriptor;
import io.berth.oci.ImageSource;
import io.berth.oci.Reference;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An image on a registry, or on the mirrors that stand in for it. */
final class RegistryImage implements ImageSource {
  private static final Logger LOG = LoggerFactory.getLogger(RegistryImage.class);

  private final EndpointCaller caller;
  private final Manifests manifests;
  private final List<Repository> places;
  private final Manifests.Fetched root;
  private final Set<BlobStream> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * @param places where the image may be, in the order to look
   */
  RegistryImage(
      EndpointCaller caller, Manifests manifests, List<Repository> places, Reference reference) {
    this.caller = caller;
    this.manifests = manifests;
    this.places = List.copyOf(places);
    String name = Repository.name(reference);
    this.root = firstOf(place -> manifests.get(place, name));
  }

  @Override
  public Descriptor root() {
    return root.descriptor();
  }

  @Override
  public byte[] manifest(Descriptor manifest) {
    if (manifest.digest().equals(root.descriptor().digest())) {
      return root.bytes().clone();
    }
    return firstOf(place -> manifests.get(place, manifest.digest().toString())).bytes();
  }

  @Override
  public InputStream blob(Descriptor blob, long offset) {
    BlobStream stream = firstOf(place -> new BlobStream(caller, place, blob, offset, open::remove));
    open.add(stream);
    if (closed) {
      stream.cancel();
    }
    return stream;
  }

  /** A mirror need not have everything, and may be away. */
  private <T> T firstOf(Function<Repository, T> work) {
    for (Repository place : places) {
      if (!place.endpoint().mirror()) {
        return work.apply(place);
      }
      try {
        return work.apply(place);
      } catch (NotFoundException | RegistryException e) {
        LOG.debug("Going on to the next place: {}", e.getMessage());
      }
    }
    throw new IllegalStateException("no registry among " + places);
  }

  /** Also ends what is being read. */
  @Override
  public void close() {
    closed = true;
    open.forEach(BlobStream::cancel);
  }
}
