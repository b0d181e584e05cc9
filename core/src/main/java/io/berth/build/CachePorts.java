package io.berth.build;

import io.berth.api.Image;
import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import io.berth.image.Registries;
import io.berth.layers.Snapshotter;
import io.berth.oci.Digest;
import io.berth.oci.ImageSink;
import io.berth.oci.ImageSource;
import io.berth.oci.Reference;
import io.berth.registry.CredentialSource;
import io.berth.registry.Mounts;
import io.berth.registry.RegistryClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Opens the places that caches are imported from and exported to. */
final class CachePorts {
  private final Optional<Registries> registries;
  private final Path temporary;
  private final CredentialSource credentials;

  /**
   * @param registries empty when this engine has none
   * @param temporary a directory for layers on their way
   * @param credentials of the build, before the engine's own
   */
  CachePorts(Optional<Registries> registries, Path temporary, CredentialSource credentials) {
    this.registries = registries;
    this.temporary = temporary;
    this.credentials = credentials;
  }

  /** Opens a cache to import from; empty, with a warning, when there is none. */
  Optional<CacheImport> open(CacheSource source, LayerSteps layers, Consumer<String> warnings) {
    try {
      return Optional.of(CacheReader.open(source(source), layers, warnings));
    } catch (IOException | BerthException e) {
      warnings.accept("The cache " + name(source) + " cannot be imported: " + e.getMessage());
      return Optional.empty();
    }
  }

  private ImageSource source(CacheSource source) {
    if (source instanceof CacheSource.Directory directory) {
      return new CacheDirectory(directory.path());
    }
    Reference reference = reference((CacheSource.Registry) source);
    return client(reference).pull(reference);
  }

  void write(
      CacheSource target, Map<Digest, StepResult> used, Image image, Snapshotter snapshotter) {
    try (ImageSink sink = sink(target)) {
      new CacheWriter(snapshotter, sink, temporary).write(used, image, target.all());
    } catch (IOException e) {
      throw new BerthException("Cannot export the cache to " + name(target) + ": " + e, e);
    }
  }

  private ImageSink sink(CacheSource target) {
    if (target instanceof CacheSource.Directory directory) {
      return new CacheDirectory(directory.path());
    }
    Reference reference = reference((CacheSource.Registry) target);
    return client(reference).push(reference, Mounts.none());
  }

  private static Reference reference(CacheSource.Registry registry) {
    return Reference.parse(registry.reference()).withDefaultTag();
  }

  private RegistryClient client(Reference reference) {
    RegistryClient client =
        registries
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "this engine has no registries; use type=local with a directory"))
            .client();
    String domain = reference.domain();
    return credentials.find(domain).map(own -> client.as(domain, own)).orElse(client);
  }

  private static String name(CacheSource source) {
    return source instanceof CacheSource.Directory directory
        ? directory.path().toString()
        : ((CacheSource.Registry) source).reference();
  }
}
