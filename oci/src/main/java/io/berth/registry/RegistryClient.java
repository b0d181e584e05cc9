package io.berth.registry;

import io.berth.oci.Descriptor;
import io.berth.oci.ImageSink;
import io.berth.oci.ImageSource;
import io.berth.oci.Reference;
import java.util.List;
import java.util.Optional;

/**
 * Talks to registries. Thread-safe; keeps connections and tokens for later calls until it is
 * closed.
 *
 * <pre>{@code
 * try (RegistryClient registries = RegistryClient.open(RegistryOptions.defaults());
 *     ImageSource redis = registries.pull(Reference.parse("redis:7"))) {
 *   RootDocument document = RootDocument.parse(redis.manifest(redis.root()));
 * }
 * }</pre>
 *
 * <p>Calls throw {@link RegistryException} when a registry refuses or cannot be reached, and {@link
 * io.berth.error.NotFoundException} for what it does not have. What fails for the moment has been
 * tried again before.
 */
public interface RegistryClient extends AutoCloseable {

  /** A client with these options. */
  static RegistryClient open(RegistryOptions options) {
    return new HttpRegistryClient(options);
  }

  /** What a name stands for on its registry; empty when there is nothing. */
  Optional<Descriptor> find(Reference reference);

  /** An image, or an index of several; from a mirror where one has it. */
  ImageSource pull(Reference reference);

  /**
   * A place for an image: under the reference's tag, else under its digest.
   *
   * @param mounts knows from where in the registry blobs can be taken
   */
  ImageSink push(Reference reference, Mounts mounts);

  /** The tags of a repository, in the registry's order. */
  List<String> tags(Reference repository);

  /**
   * The names of a registry's repositories; many registries do not tell.
   *
   * @param registry host and optional port
   */
  List<String> repositories(String registry);

  /**
   * Finds repositories: on Docker Hub by words, on another registry, for {@code HOST[:PORT]/TERM},
   * by a part of their names.
   *
   * @param limit how many at most; Docker Hub gives up to 100
   */
  List<SearchResult> search(String term, int limit);

  /**
   * Removes a tag, or by a digest the manifest with all its tags. A registry that cannot remove a
   * tag alone loses the manifest that it names, with its other tags.
   */
  void delete(Reference reference);

  /**
   * Checks credentials with a registry, as a login does.
   *
   * @throws RegistryException when the registry does not take them
   */
  void check(String registry, Credentials credentials);

  /**
   * A client that shares this one's connections, but has other credentials for one registry. It
   * need not be closed.
   */
  RegistryClient as(String registry, Credentials credentials);

  @Override
  void close();
}
