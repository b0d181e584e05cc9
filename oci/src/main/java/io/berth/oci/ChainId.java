package io.berth.oci;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The name of a stack of layers, each applied on the ones before it (OCI image-spec, config.md,
 * "Layer ChainID"). Two images with the same lowest layers share the ChainIDs of those.
 */
public final class ChainId {
  private ChainId() {}

  /**
   * The ChainID of a whole stack.
   *
   * @param diffIds the digests of the uncompressed layers, lowest first; at least one
   */
  public static Digest of(List<Digest> diffIds) {
    if (diffIds.isEmpty()) {
      throw new IllegalArgumentException("a ChainID needs at least one layer");
    }
    return all(diffIds).get(diffIds.size() - 1);
  }

  /** The ChainID of each prefix of a stack: element {@code i} names the layers 0 to {@code i}. */
  public static List<Digest> all(List<Digest> diffIds) {
    List<Digest> chain = new ArrayList<>();
    for (Digest diffId : diffIds) {
      chain.add(
          chain.isEmpty()
              ? diffId
              : Digest.sha256(
                  (chain.get(chain.size() - 1) + " " + diffId)
                      .getBytes(StandardCharsets.US_ASCII)));
    }
    return Collections.unmodifiableList(chain);
  }
}
