package io.berth.api;

import io.berth.registry.RegistryClient;
import io.berth.registry.SearchResult;
import java.util.List;

/**
 * Images on registries. Names without a registry are Docker Hub's.
 *
 * <p>Calls throw {@link io.berth.registry.RegistryException} when a registry refuses or cannot be
 * reached, and {@link io.berth.error.NotFoundException} for what it does not have.
 */
public interface RemoteImages {

  /**
   * Brings an image from its registry.
   *
   * <pre>{@code
   * Image redis = berth.images().pull("redis:7").platform("linux/arm64").execute();
   * }</pre>
   *
   * @param reference with a tag ({@code latest} by default) or a digest
   */
  PullRequest pull(String reference);

  /**
   * Brings an image of the store to the registry that its name says.
   *
   * @param reference a name of the image, with its tag ({@code latest} by default)
   */
  PushRequest push(String reference);

  /**
   * Finds repositories: on Docker Hub by words, on another registry, for {@code HOST[:PORT]/TERM},
   * by a part of their names.
   *
   * @param limit how many at most; Docker Hub gives up to 100
   */
  List<SearchResult> search(String term, int limit);

  /**
   * The tags of a repository on its registry.
   *
   * @param repository such as {@code redis} or {@code registry.example.com/team/app}
   */
  List<String> remoteTags(String repository);

  /**
   * Removes a tag from its registry, or with a digest the manifest and all its tags. On a registry
   * that cannot remove a tag alone, the manifest that it names goes, with its other tags.
   */
  void removeRemote(String reference);

  /** The client that images come and go through: for logins, manifests and blobs. */
  RegistryClient registry();
}
