package io.berth.build;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * The owner and mode that copied files get.
 *
 * @param owner empty to keep the source's
 * @param mode empty to keep the source's
 */
record Ownership(Optional<Ids> owner, OptionalInt mode) {

  /** A user and a group by number. */
  record Ids(long uid, long gid) {
    static final Ids ROOT = new Ids(0, 0);
  }

  /** For directories that have no source. */
  Ids ownerOrRoot() {
    return owner.orElse(Ids.ROOT);
  }
}
