package io.berth.build;

import io.berth.layers.RootMount;
import io.berth.layers.SnapshotViews;
import io.berth.layers.Snapshotter;
import io.berth.linux.RootDir;
import io.berth.oci.ChainId;
import io.berth.oci.Digest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Makes the layers of COPY and ADD. A copy of many files begins with the layer that the same
 * instruction has made of them before, where they are mostly the same: what has not changed is not
 * written again, but shared by both layers.
 */
final class CopyLayers {
  private static final int MANY = 100;

  private final LayerSteps layers;
  private final CopyTrees trees;
  private final CopyRequest request;
  private final List<CopyPart> parts;
  private final Optional<Ownership.Ids> known;

  /**
   * @param known the owner, when it is known without looking at the users below
   */
  CopyLayers(
      LayerSteps layers,
      CopyTrees trees,
      CopyRequest request,
      List<CopyPart> parts,
      Optional<Ownership.Ids> known) {
    this.layers = layers;
    this.trees = trees;
    this.request = request;
    this.parts = parts;
    this.known = known;
  }

  StepResult make(List<Digest> below) {
    Optional<TreePart> many = many();
    if (many.isEmpty()) {
      return layers.make(
          below,
          root ->
              in(
                  root,
                  (to, ownership) -> {
                    CopySteps.write(to, request, parts, ownership);
                    return true;
                  }));
    }
    KeyDigest key = new KeyDigest("copy tree 1").add(many.get().hint().orElseThrow());
    request.addTo(key);
    Digest hint = key.digest();
    return trees
        .find(hint)
        .filter(earlier -> fits(earlier, below))
        .flatMap(earlier -> over(earlier, many.get(), below))
        .orElseGet(() -> whole(hint, many.get(), below));
  }

  /** The files, when they are many, the only ones, and may be shared. */
  private Optional<TreePart> many() {
    return parts.size() == 1
            && parts.get(0) instanceof TreePart part
            && part.hint().isPresent()
            && layers.canShare()
            && part.sources().stream().mapToInt(source -> source.items().size()).sum() >= MANY
        ? Optional.of(part)
        : Optional.empty();
  }

  /** Whether the files of an earlier copy would be where this one puts them, and nothing else. */
  private boolean fits(CopyTree earlier, List<Digest> below) {
    Optional<String> parent = name(below);
    if (earlier.below().equals(parent)) {
      return true;
    }
    return earlier.fresh() && parent.map(this::isFresh).orElse(true);
  }

  private boolean isFresh(String parent) {
    Snapshotter snapshotter = layers.snapshotter();
    try (RootDir root = SnapshotViews.open(snapshotter.mount(parent))) {
      return root.statNoFollow(first()).isEmpty();
    }
  }

  /** The first directory on the way to the destination. */
  private String first() {
    int slash = request.path().indexOf('/', 1);
    return slash < 0 ? request.path() : request.path().substring(0, slash);
  }

  private Optional<StepResult> over(CopyTree earlier, TreePart part, List<Digest> below) {
    return layers.makeOver(
        below,
        earlier.snapshot(),
        root -> in(root, (to, ownership) -> change(earlier, part, to, ownership)));
  }

  /** Makes the new files of the earlier ones, unless too much has changed. */
  private boolean change(CopyTree earlier, TreePart part, TreeWriter to, Ownership ownership) {
    if (!ownership.ownerOrRoot().equals(earlier.owner())) {
      return false;
    }
    boolean makes = earlier.items().containsKey("");
    Optional<CopyDelta> delta =
        CopyDelta.of(part, request, ownership, makes)
            .filter(found -> 4 * found.distance(earlier) <= found.items().size());
    delta.ifPresent(found -> found.apply(earlier, to));
    return delta.isPresent();
  }

  private StepResult whole(Digest hint, TreePart part, List<Digest> below) {
    AtomicReference<Made> made = new AtomicReference<>();
    StepResult result =
        layers.make(
            below, root -> made.set(in(root, (to, ownership) -> whole(part, to, ownership))));
    Made what = made.get();
    what.files()
        .ifPresent(
            files ->
                trees.put(
                    hint,
                    new CopyTree(
                        result.layer().orElseThrow().chainId().toString(),
                        name(below),
                        what.fresh(),
                        what.owner(),
                        files.items())));
    return result;
  }

  /**
   * A whole copy.
   *
   * @param files empty when they cannot be shared
   */
  private record Made(Optional<CopyDelta> files, boolean fresh, Ownership.Ids owner) {}

  private Made whole(TreePart part, TreeWriter to, Ownership ownership) {
    boolean fresh = !request.path().isEmpty() && !to.exists(first());
    boolean absent = !to.exists(request.path());
    boolean vacant = absent || to.isEmpty(request.path());
    CopySteps.write(to, request, parts, ownership);
    boolean makes =
        absent && !request.intoDirectory() && part.sources().get(0).top().status().isDirectory();
    Optional<CopyDelta> files =
        vacant
            ? CopyDelta.of(part, request, ownership, makes).filter(CopyDelta::isCurrent)
            : Optional.empty();
    return new Made(files, fresh, ownership.ownerOrRoot());
  }

  private <T> T in(RootMount root, Work<T> work) {
    try (RootDir opened = SnapshotViews.open(root.once());
        TreeWriter to = new TreeWriter(opened.fd())) {
      Optional<Ownership.Ids> owner =
          known.or(() -> request.chown().map(new Owners(opened.fd(), "--chown")::resolve));
      return work.with(to, new Ownership(owner, request.chmod()));
    }
  }

  private static Optional<String> name(List<Digest> below) {
    return below.isEmpty() ? Optional.empty() : Optional.of(ChainId.of(below).toString());
  }

  /** What is done in the tree that the layer becomes. */
  @FunctionalInterface
  private interface Work<T> {
    T with(TreeWriter to, Ownership ownership);
  }
}
