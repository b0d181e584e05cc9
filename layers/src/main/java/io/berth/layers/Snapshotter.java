package io.berth.layers;

import io.berth.linux.FileRights;
import io.berth.oci.Digest;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Stacks of file-system layers on disk, after containerd's Snapshotter.
 *
 * <p>A snapshot is <em>active</em> (writable, named by a key that the caller chooses) or
 * <em>committed</em> (immutable, named by a chainID or any other key, and possible parent of
 * others).
 *
 * <pre>
 *   prepare(key, parent) -> active --commit(key, name)--> committed
 *                             |                              |
 *                             +-- remove(key)                +-- remove(name), when nothing rests on it
 * </pre>
 *
 * <p>Every operation is atomic with respect to a crash and to other processes that use the same
 * directory: after a crash a snapshot is there whole or not at all (leftovers are removed by the
 * next open). Implementations are thread-safe. The shared contract test is {@code
 * SnapshotterContract}.
 */
public interface Snapshotter extends AutoCloseable {

  /** The driver's name: {@code overlay}, {@code fuse-overlayfs} or {@code copy}. */
  String name();

  /** With whose rights the files of snapshots are reached. */
  FileRights access();

  /**
   * Makes an active snapshot on top of a committed parent, or an empty one.
   *
   * @throws io.berth.error.ConflictException when the key is taken
   * @throws io.berth.error.NotFoundException when the parent is not a committed snapshot
   */
  RootMount prepare(String key, Optional<String> parent);

  /**
   * As {@link #prepare}, but the snapshot begins with all that an earlier one has changed of its
   * own parent, without a copy of it. What is then written or removed is this snapshot's alone; the
   * earlier one cannot be removed while this one is there.
   *
   * @param earlier a committed snapshot, which was made without such help; its changes must make
   *     sense on this parent
   * @return empty when the driver cannot do it, or the earlier one is not there any more
   */
  Optional<RootMount> prepareOver(String key, Optional<String> parent, String earlier);

  /** How to mount a snapshot: writable when it is active, a read-only view when it is committed. */
  RootMount mount(String key);

  /**
   * Makes an active snapshot immutable under a new name. When a committed snapshot of that name
   * exists already (another process was faster), the active one is removed and that one is kept.
   */
  void commit(String key, String name);

  /** Removes a snapshot and its files. Removing an absent one does nothing. */
  void remove(String key);

  /** What is known of one snapshot. */
  Optional<SnapshotInfo> stat(String key);

  /** All snapshots, in no particular order. */
  List<SnapshotInfo> list();

  /**
   * Sets back the modification times of what changed in an active snapshot, where they are later
   * than a limit, so that the same step gives the same layer at any time.
   */
  void limitTimes(String key, Instant limit);

  /**
   * Unpacks an uncompressed layer tar into an active snapshot, whiteouts included (OCI image-spec,
   * layer.md).
   *
   * @return the digest and size of the bytes read: the layer's diffID
   * @throws io.berth.error.InvalidInputException for an entry that would leave the root, or a
   *     broken tar; the snapshot is then to be removed by the caller
   */
  LayerDigest apply(String key, InputStream tar);

  /**
   * Unpacks an uncompressed layer tar into a new active snapshot whose parent is perhaps still
   * being made: layers that rest on each other can be unpacked at the same time.
   *
   * @param parent gives the committed parent, and waits for it; asked when it is needed first, at
   *     the latest at the end. Empty for a layer that rests on nothing
   * @return as {@link #apply}; after an error there is no snapshot
   */
  LayerDigest unpack(String key, Optional<Supplier<String>> parent, InputStream tar);

  /** Whether {@link #unpack} begins before the parent is there; else it asks for it first. */
  boolean unpacksAhead();

  /**
   * Writes the difference between a snapshot (active or committed) and its parent as an
   * uncompressed layer tar. Two calls give the same bytes.
   *
   * @return the digest and size of the bytes written: the layer's diffID
   */
  LayerDigest diff(String key, OutputStream tar);

  /** How many bytes a snapshot's own files take on disk; 0 when it is not there. */
  long usage(String key);

  /** What differs between a snapshot and its parent, sorted by path. */
  List<PathChange> changes(String key);

  @Override
  void close();

  /** Digest and size, in bytes, of an uncompressed layer. */
  record LayerDigest(Digest diffId, long size) {}
}
