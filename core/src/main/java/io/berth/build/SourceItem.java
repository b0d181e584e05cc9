package io.berth.build;

import io.berth.linux.FileStatus;
import io.berth.linux.FileType;

/**
 * A file that COPY or ADD takes.
 *
 * @param source its path in the tree that it is taken from, without a leading slash
 * @param target its path below the destination; empty for the source itself
 * @param link the target of a symlink, else empty
 */
record SourceItem(String source, String target, FileStatus status, String link) {

  FileType type() {
    return status.type();
  }
}
