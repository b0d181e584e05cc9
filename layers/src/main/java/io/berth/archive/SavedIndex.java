package io.berth.archive;

import java.util.List;
import java.util.Objects;

/**
 * What a layout has by a name in place of a bare image: an index of it, of the same for other
 * platforms, and of documents about them.
 *
 * @param index the index itself
 * @param others the images besides the one that has the name
 * @param blobs all else that the index leads to
 */
public record SavedIndex(SavedBlob index, List<SavedImage> others, List<SavedBlob> blobs) {
  public SavedIndex {
    Objects.requireNonNull(index, "index");
    others = List.copyOf(others);
    blobs = List.copyOf(blobs);
  }
}
