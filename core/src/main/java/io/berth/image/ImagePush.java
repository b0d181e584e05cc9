package io.berth.image;

import io.berth.api.Progress;
import io.berth.api.Progress.LayerStatus;
import io.berth.api.PushRequest;
import io.berth.archive.SavedBlob;
import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import io.berth.oci.Descriptor;
import io.berth.oci.Digest;
import io.berth.oci.ImageSink;
import io.berth.oci.ImageSource;
import io.berth.oci.Index;
import io.berth.oci.Manifest;
import io.berth.oci.Reference;
import io.berth.registry.Credentials;
import io.berth.registry.Mounts;
import io.berth.registry.RegistryClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

/** One push of an image. */
final class ImagePush implements PushRequest {
  // As many as Docker: while one waits for the registry's disk, another sends.
  private static final int UPLOADS = 5;

  private final ImageStore store;
  private final ImageExporter exporter;
  private final Registries registries;
  private final Reference reference;
  private Optional<Credentials> credentials = Optional.empty();
  private Progress progress = Progress.none();

  ImagePush(ImageStore store, ImageExporter exporter, Registries registries, Reference reference) {
    if (reference.digest().isPresent()) {
      throw new InvalidInputException(
          "Cannot push " + reference.familiar() + ": leave out the digest, and give a tag");
    }
    this.store = store;
    this.exporter = exporter;
    this.registries = registries;
    this.reference = reference.withDefaultTag();
  }

  @Override
  public PushRequest credentials(Credentials own) {
    credentials = Optional.of(own);
    return this;
  }

  @Override
  public PushRequest progress(Progress listener) {
    progress = listener;
    return this;
  }

  @Override
  public Reference execute() {
    StoredImage image = store.get(reference.toString());
    RegistryClient client = registries.client();
    if (credentials.isPresent()) {
      client = client.as(reference.domain(), credentials.get());
    }
    LayerProgress layers = new LayerProgress(progress);
    layers.message("The push refers to repository [" + reference.name() + "]");
    Set<Digest> mounted = ConcurrentHashMap.newKeySet();
    Bundle bundle = Bundle.of(store, image);
    try (WorkLease lease = store.lease();
        ImageSink sink = client.push(reference, mounts(mounted))) {
      List<SavedBlob> manifests = new ArrayList<>();
      for (Bundle.Member member : bundle.members()) {
        manifests.add(push(sink, member.image(), layers, mounted));
      }
      Descriptor top = finish(sink, bundle, manifests);
      Reference pushed = reference.nameOnly().withDigest(top.digest());
      store.name(image, List.of(pushed));
      layers.message(
          reference.tag().orElseThrow() + ": digest: " + top.digest() + " size: " + top.size());
      store.transferred("push", reference);
      return pushed;
    } catch (IOException e) {
      throw new BerthException("Cannot push " + reference.familiar() + ": " + e.getMessage(), e);
    }
  }

  /** Gives an image but for its manifest, which it returns. */
  private SavedBlob push(
      ImageSink sink, StoredImage image, LayerProgress layers, Set<Digest> mounted)
      throws IOException {
    try (ImageSource source = exporter.open(image, progress)) {
      Descriptor root = source.root();
      byte[] bytes = source.manifest(root);
      push(sink, Manifest.parse(bytes), layers, mounted);
      return new SavedBlob(root, bytes);
    }
  }

  /** Gives the manifest, or an index of all manifests and of what is said of the images. */
  private Descriptor finish(ImageSink sink, Bundle bundle, List<SavedBlob> manifests)
      throws IOException {
    Optional<Bundle.Outer> outer =
        bundle.outer(
            Optional.of(reference), manifests.stream().map(SavedBlob::descriptor).toList());
    if (outer.isEmpty()) {
      SavedBlob only = manifests.get(0);
      sink.root(only.descriptor(), only.content());
      return only.descriptor();
    }
    for (SavedBlob manifest : manifests) {
      sink.manifest(manifest.descriptor(), manifest.content());
    }
    for (Attestation attestation : outer.get().attestations()) {
      for (SavedBlob blob : attestation.blobs()) {
        if (!sink.has(blob.descriptor())) {
          sink.blob(blob.descriptor(), () -> new ByteArrayInputStream(blob.content()));
        }
      }
      SavedBlob manifest = attestation.manifest();
      sink.manifest(manifest.descriptor(), manifest.content());
    }
    Index index = outer.get().index();
    sink.root(index.descriptor(), index.toBytes());
    return index.descriptor();
  }

  private void push(ImageSink sink, Manifest manifest, LayerProgress layers, Set<Digest> mounted) {
    Set<Descriptor> blobs = new LinkedHashSet<>(manifest.layers());
    List<Callable<Boolean>> work = new ArrayList<>();
    for (Descriptor blob : blobs) {
      LayerProgress.OfLayer told = layers.layer(blob);
      told.on(LayerStatus.PREPARING, 0);
      work.add(() -> push(sink, blob, told, mounted));
    }
    work.add(() -> push(sink, manifest.config(), LayerProgress.NOBODY, mounted));
    // Uploads that are under way come to their own end: a registry forgets what has no manifest.
    new ParallelWork(UPLOADS, problem -> {}).run(work);
  }

  private boolean push(
      ImageSink sink, Descriptor blob, LayerProgress.OfLayer told, Set<Digest> mounted)
      throws IOException {
    if (sink.has(blob)) {
      boolean fromOther = mounted.contains(blob.digest());
      told.on(fromOther ? LayerStatus.MOUNTED : LayerStatus.ON_REGISTRY, blob.size());
      return false;
    }
    sink.blob(blob, new StoredContent(store.blobs(), blob, told));
    told.on(LayerStatus.PUSHED, blob.size());
    return true;
  }

  /** Where else on the registry the image's blobs are, as far as this store knows. */
  private Mounts mounts(Set<Digest> mounted) {
    return new Mounts() {
      @Override
      public List<Reference> origins(Descriptor blob) {
        return store.repositoriesWith(blob.digest());
      }

      @Override
      public void mounted(Descriptor blob, Reference origin) {
        mounted.add(blob.digest());
      }
    };
  }
}
