package io.berth.build;

import java.util.Optional;

/**
 * The owner and mode that copied files get.
 *
 * @param owner empty to keep the source's
 * @param mode empty to keep the source's
 */
record Ownership(Optional<Ids> owner, Optional<ModeChange> mode) {
  private static final int DIRECTORY = 0755;

  /** A user and a group by number. */
  record Ids(long uid, long gid) {
    static final Ids ROOT = new Ids(0, 0);
  }

  /** For directories that have no source. */
  Ids ownerOrRoot() {
    return owner.orElse(Ids.ROOT);
  }

  /** For directories that have no source: as docker has it, also what was meant for files. */
  int directoryMode() {
    return mode.flatMap(m -> m.absolute().stream().boxed().findFirst()).orElse(DIRECTORY);
  }

  int mode(int source, boolean directory) {
    return mode.map(change -> change.apply(source, directory)).orElse(source);
  }
}
