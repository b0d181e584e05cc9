package io.berth.build;

import java.util.Optional;

/** What {@code --from} names. */
sealed interface Origin {

  /**
   * A stage or an image.
   *
   * @param snapshot its topmost layer; empty when it has no files
   * @param name in error messages
   */
  record Layers(Optional<String> snapshot, String name) implements Origin {}

  /** A directory: the build context, or a named one. */
  record Folder(BuildContext context, String name) implements Origin {}
}
