package io.berth.image;

import io.berth.api.BuildRequest;
import io.berth.api.ContextSource;
import io.berth.api.Image;
import io.berth.api.Images;
import io.berth.api.ImportRequest;
import io.berth.api.LoadRequest;
import io.berth.api.PruneFilter;
import io.berth.api.Pruned;
import io.berth.api.PullRequest;
import io.berth.api.PushRequest;
import io.berth.api.SaveRequest;
import io.berth.dockerfile.Dockerfile;
import io.berth.error.StorageException;
import io.berth.layers.SnapshotViews;
import io.berth.layers.TreeArchive;
import io.berth.layers.tar.TarWriter;
import io.berth.linux.Fd;
import io.berth.linux.RootDir;
import io.berth.oci.Reference;
import io.berth.registry.RegistryClient;
import io.berth.registry.SearchResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The images service of an engine, on an {@link ImageStore}. Thread-safe. */
public final class DefaultImages implements Images {
  private final ImageStore store;
  private final ImageBuilder builder;
  private final ImageImporter importer;
  private final ImageExporter exporter;
  private final Registries registries;
  private final Clock clock;

  /**
   * @param clock gives the creation time of imported images
   */
  public DefaultImages(
      ImageStore store,
      ImageBuilder builder,
      ImageImporter importer,
      Registries registries,
      Clock clock) {
    this.importer = Objects.requireNonNull(importer, "importer");
    this.registries = Objects.requireNonNull(registries, "registries");
    this.exporter = new ImageExporter(store);
    this.store = Objects.requireNonNull(store, "store");
    this.builder = Objects.requireNonNull(builder, "builder");
    this.clock = Objects.requireNonNull(clock, "clock");
  }

  @Override
  public BuildRequest build(Path context) {
    return builder.build(ContextSource.directory(context));
  }

  @Override
  public BuildRequest build(ContextSource context) {
    return builder.build(context);
  }

  @Override
  public BuildRequest build(Dockerfile dockerfile) {
    return builder.build(dockerfile);
  }

  @Override
  public ImportRequest importRootfs(InputStream tar) {
    return importRootfs(TarSource.of(Objects.requireNonNull(tar, "tar")));
  }

  @Override
  public ImportRequest importRootfs(URI address) {
    return importRootfs(TarSource.of(address));
  }

  private ImportRequest importRootfs(TarSource source) {
    return new RootfsImport(store, clock, importer.unpackedLimit(), source);
  }

  @Override
  public SaveRequest save(String... names) {
    return new SaveImages(store, List.of(names));
  }

  @Override
  public void exportRootfs(String name, OutputStream tar) {
    Optional<String> top = store.get(name).topSnapshot();
    try (WorkLease lease = store.lease()) {
      if (top.isEmpty()) {
        new TarWriter(tar).finish();
        return;
      }
      try (RootDir root = SnapshotViews.open(store.snapshotter().mount(top.get()));
          Fd directory = root.openDirectory("/")) {
        TreeArchive.write(directory, ".", "", tar);
      }
    } catch (IOException e) {
      throw new StorageException("Cannot write the files of " + name + ": " + e, e);
    }
  }

  @Override
  public LoadRequest load(InputStream archive) {
    return LoadImages.of(store, importer, Objects.requireNonNull(archive, "archive"));
  }

  @Override
  public LoadRequest load(Path archive) {
    return LoadImages.of(store, importer, Objects.requireNonNull(archive, "archive"));
  }

  @Override
  public List<Image> list() {
    return store.leaders().stream().map(store::view).toList();
  }

  @Override
  public Optional<Image> find(String name) {
    return store.find(name).map(store::view);
  }

  @Override
  public Image get(String name) {
    return store.view(store.get(name));
  }

  @Override
  public Image tag(String source, String target) {
    return store.view(store.tag(source, Reference.parse(target)));
  }

  @Override
  public List<String> remove(String name, boolean force) {
    return store.remove(name, force);
  }

  @Override
  public PullRequest pull(String reference) {
    return new ImagePull(store, importer, registries, Reference.parse(reference));
  }

  @Override
  public PushRequest push(String reference) {
    return new ImagePush(store, exporter, registries, Reference.parse(reference));
  }

  @Override
  public List<SearchResult> search(String term, int limit) {
    return registries.client().search(term, limit);
  }

  @Override
  public List<String> remoteTags(String repository) {
    return registries.client().tags(Reference.parse(repository));
  }

  @Override
  public void removeRemote(String reference) {
    registries.client().delete(Reference.parse(reference).withDefaultTag());
  }

  @Override
  public RegistryClient registry() {
    return registries.client();
  }

  @Override
  public Pruned prune(boolean all, PruneFilter filter) {
    return store.prune(all, filter);
  }
}
