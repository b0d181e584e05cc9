package io.berth.image;

import io.berth.api.Image;
import io.berth.api.Progress;
import io.berth.api.PullRequest;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.ImageSource;
import io.berth.oci.Platform;
import io.berth.oci.Reference;
import io.berth.registry.Credentials;
import io.berth.registry.RegistryClient;
import java.util.List;
import java.util.Optional;

/** One pull of an image. */
final class ImagePull implements PullRequest {
  private final ImageStore store;
  private final ImageImporter importer;
  private final Registries registries;
  private final Reference reference;
  private Optional<Platform> platform = Optional.empty();
  private Optional<Credentials> credentials = Optional.empty();
  private Progress progress = Progress.none();

  ImagePull(ImageStore store, ImageImporter importer, Registries registries, Reference reference) {
    this.store = store;
    this.importer = importer;
    this.registries = registries;
    this.reference = reference.withDefaultTag().preferDigest();
  }

  @Override
  public PullRequest platform(String text) {
    return platform(Optional.of(Platform.parse(text)));
  }

  PullRequest platform(Optional<Platform> wanted) {
    platform = wanted;
    return this;
  }

  @Override
  public PullRequest credentials(Credentials own) {
    credentials = Optional.of(own);
    return this;
  }

  @Override
  public PullRequest progress(Progress listener) {
    progress = listener;
    return this;
  }

  @Override
  public Image execute() {
    return store.view(pull());
  }

  StoredImage pull() {
    LayerProgress messages = new LayerProgress(progress);
    messages.message(
        reference.tag().orElseGet(reference::familiar) + ": Pulling from " + reference.path());
    RegistryClient client = registries.client();
    if (credentials.isPresent()) {
      client = client.as(reference.domain(), credentials.get());
    }
    Optional<Digest> before = store.find(reference.toString()).map(StoredImage::id);
    Optional<StoredImage> present = present(client);
    StoredImage image = present.isPresent() ? present.get() : take(client);
    Digest digest = store.digestOf(reference, image).orElseThrow();
    messages.message("Digest: " + digest);
    boolean same = before.equals(Optional.of(image.id()));
    messages.message(
        "Status: "
            + (same ? "Image is up to date for " : "Downloaded newer image for ")
            + reference.familiar());
    store.transferred("pull", reference);
    return image;
  }

  private StoredImage take(RegistryClient client) {
    try (ImageSource source = client.pull(reference)) {
      return importer.take(source, platform, names(source.root()), progress);
    }
  }

  /**
   * The image, when it is in the store under the digest that the registry has now. Asking for the
   * digest alone does not count against Docker Hub's limit.
   */
  private Optional<StoredImage> present(RegistryClient client) {
    if (!store.hasDigests(reference)) {
      return Optional.empty();
    }
    Optional<Descriptor> remote = client.find(reference);
    if (remote.isEmpty()) {
      return Optional.empty();
    }
    Reference digested = reference.nameOnly().withDigest(remote.get().digest());
    Platform wanted = platform.orElseGet(Platform::host);
    Optional<StoredImage> found =
        store
            .find(digested.toString())
            // Of an index, another image may suit better than one that merely runs.
            .filter(image -> wanted.rank(image.config().platform()).orElse(-1) == 0)
            .filter(image -> store.distribution().manifest(image.id()).isPresent());
    found.ifPresent(image -> store.name(image, names(remote.get())));
    return found;
  }

  private List<Reference> names(Descriptor root) {
    Reference digested = reference.nameOnly().withDigest(root.digest());
    return reference.tag().isPresent() ? List.of(reference, digested) : List.of(digested);
  }
}
