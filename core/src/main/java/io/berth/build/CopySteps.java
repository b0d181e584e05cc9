package io.berth.build;

import com.google.common.base.Suppliers;
import io.berth.layers.RootMount;
import io.berth.layers.SnapshotViews;
import io.berth.layers.Snapshotter;
import io.berth.linux.RootDir;
import io.berth.oci.Digest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;

/** COPY and ADD, from the context or from the root of an image or stage. */
final class CopySteps {
  private final Steps steps;
  private final Snapshotter snapshotter;

  CopySteps(Steps steps, Snapshotter snapshotter) {
    this.steps = steps;
    this.snapshotter = snapshotter;
  }

  /** Files of the context belong to root, unless the instruction says otherwise. */
  boolean fromContext(
      StageState stage, CopyRequest request, BuildContext context, String createdBy) {
    CopyPlan plan = CopyPlan.of(request, context.tree(), "the build context");
    return steps.copy(
        stage,
        request,
        Optional.empty(),
        () -> plan.digest(false, context::digest),
        root -> execute(plan, request, root, Optional.of(Ownership.Ids.ROOT), false),
        createdBy);
  }

  /**
   * Files of an image keep their owners, unless the instruction says otherwise.
   *
   * @param snapshot the topmost layer of the image
   * @param where the image's name in error messages
   */
  boolean fromSnapshot(
      StageState stage, CopyRequest request, String snapshot, String where, String createdBy) {
    // A committed snapshot never changes, so its name stands for its files.
    Digest quickKey = new KeyDigest("sources 1").add(snapshot).add(request.sources()).digest();
    try (View view = new View(snapshotter, snapshot)) {
      Supplier<SourceTree> tree = Suppliers.memoize(view::tree);
      Supplier<CopyPlan> plan = Suppliers.memoize(() -> CopyPlan.of(request, tree.get(), where));
      return steps.copy(
          stage,
          request,
          Optional.of(quickKey),
          () -> plan.get().digest(true, item -> contentAndCapabilities(tree.get(), item)),
          root -> execute(plan.get(), request, root, Optional.empty(), true),
          createdBy);
    }
  }

  private static void execute(
      CopyPlan plan,
      CopyRequest request,
      RootMount root,
      Optional<Ownership.Ids> defaultOwner,
      boolean capabilities) {
    try (RootDir to = SnapshotViews.open(root)) {
      Optional<Ownership.Ids> owner =
          request.chown().map(new Owners(to.fd())::resolve).or(() -> defaultOwner);
      plan.execute(new TreeWriter(to.fd()), new Ownership(owner, request.chmod()), capabilities);
    }
  }

  private static Digest contentAndCapabilities(SourceTree tree, SourceItem item) {
    KeyDigest key = new KeyDigest("content 1");
    key.add(BuildContext.contentDigest(tree, item).hex());
    tree.capabilities(item.source()).ifPresent(bytes -> key.add(HexFormat.of().formatHex(bytes)));
    return key.digest();
  }

  /** A view of a snapshot, opened when it is needed. */
  private static final class View implements AutoCloseable {
    private final Snapshotter snapshotter;
    private final String snapshot;
    private Optional<RootDir> root = Optional.empty();

    View(Snapshotter snapshotter, String snapshot) {
      this.snapshotter = snapshotter;
      this.snapshot = snapshot;
    }

    SourceTree tree() {
      RootDir opened = SnapshotViews.open(snapshotter.mount(snapshot));
      root = Optional.of(opened);
      return SourceTree.whole(opened.fd());
    }

    @Override
    public void close() {
      root.ifPresent(RootDir::close);
    }
  }
}
