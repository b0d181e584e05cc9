package io.berth.api;

import io.berth.dockerfile.Dockerfile;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The images of an engine. An image is named by a reference, an id, or a unique prefix of its id.
 */
public interface Images extends RemoteImages, ImageArchives {

  /** Builds the file {@code Dockerfile} of a context directory. */
  BuildRequest build(Path context);

  /** Begins a build of the file {@code Dockerfile} of a context. */
  BuildRequest build(ContextSource context);

  /**
   * Builds a composed Dockerfile; its COPY sources are in the context set on the request, if any.
   */
  BuildRequest build(Dockerfile dockerfile);

  /**
   * Makes an image of one layer from a root file system as a tar, plain or compressed with gzip or
   * zstd. The stream is read to its end and not closed.
   */
  ImportRequest importRootfs(InputStream tar);

  /**
   * The same, with the tar at an address that begins with {@code http://} or {@code https://}. It
   * is read when the request is executed.
   */
  ImportRequest importRootfs(URI address);

  /** All images, the newest first. */
  List<Image> list();

  /** The image of this name, if there is one. */
  Optional<Image> find(String name);

  /**
   * The image of this name.
   *
   * @throws io.berth.error.NotFoundException when there is none
   */
  Image get(String name);

  /**
   * Gives an image one more name; an image that had that name loses it.
   *
   * @throws io.berth.error.NotFoundException when there is no such source
   * @throws io.berth.error.InvalidInputException when the target is not a valid reference
   */
  Image tag(String source, String target);

  /**
   * Removes a name, and with its last name the image and the layers that nothing else uses.
   *
   * @param force whether an image with several names is removed when it is given by its id
   * @return what was done, in Docker's words: {@code Untagged: …} and {@code Deleted: …}
   * @throws io.berth.error.ConflictException when a container uses the image
   */
  List<String> remove(String name, boolean force);

  /**
   * Removes images that no container uses.
   *
   * @param all whether also those that have a name, rather than only those that lost theirs
   */
  Pruned prune(boolean all, PruneFilter filter);
}
