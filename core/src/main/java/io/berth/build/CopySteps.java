package io.berth.build;

import io.berth.error.InvalidInputException;
import io.berth.layers.SnapshotViews;
import io.berth.layers.Snapshotter;
import io.berth.linux.RootDir;
import io.berth.oci.Digest;
import java.util.List;
import java.util.Optional;

/** COPY and ADD, of parts from wherever. */
final class CopySteps {
  private final Steps steps;
  private final Snapshotter snapshotter;
  private final CopyTrees trees;

  /**
   * @param trees what copies have made before
   */
  CopySteps(Steps steps, Snapshotter snapshotter, CopyTrees trees) {
    this.steps = steps;
    this.snapshotter = snapshotter;
    this.trees = trees;
  }

  /** Copies the parts, or takes the layer from the cache; closes them. */
  boolean copy(StageState stage, CopyRequest request, List<CopyPart> parts, String createdBy) {
    try {
      Optional<Ownership.Ids> linkOwner =
          request.link() ? request.chown().map(chown -> ownerIn(stage, chown)) : Optional.empty();
      KeyDigest common = new KeyDigest("copy 2");
      request.addTo(common);
      linkOwner.ifPresent(ids -> common.add(ids.uid()).add(ids.gid()));
      return steps.copy(
          stage,
          request.link(),
          common.digest(),
          quickKey(parts),
          () -> files(parts),
          below -> new CopyLayers(steps.layers(), trees, request, parts, linkOwner).make(below),
          createdBy);
    } finally {
      parts.forEach(CopyPart::close);
    }
  }

  /** Known when all parts have one, or are small. */
  private static Optional<Digest> quickKey(List<CopyPart> parts) {
    KeyDigest key = new KeyDigest("quick 2");
    boolean any = false;
    for (CopyPart part : parts) {
      Optional<Digest> quick = part.quickKey();
      if (quick.isEmpty() && !(part instanceof FilePart)) {
        return Optional.empty();
      }
      any |= quick.isPresent();
      quick.ifPresentOrElse(k -> key.add(k.hex()), () -> part.addTo(key));
    }
    return any ? Optional.of(key.digest()) : Optional.empty();
  }

  private static Digest files(List<CopyPart> parts) {
    KeyDigest key = new KeyDigest("files 3");
    parts.forEach(part -> part.addTo(key));
    return key.digest();
  }

  /** Copies parts into any tree. */
  static void write(TreeWriter to, CopyRequest request, List<CopyPart> parts, Ownership ownership) {
    int count = parts.stream().mapToInt(CopyPart::count).sum();
    boolean inside =
        request.path().isEmpty() || request.intoDirectory() || to.isDirectory(request.path());
    if (count > 1 && !inside) {
      throw new InvalidInputException(
          "several files cannot be copied to "
              + request.destination()
              + ": end the destination with a slash");
    }
    for (CopyPart part : parts) {
      part.copy(to, request, ownership, inside);
    }
  }

  /** A layer that does not depend on those below knows no users: they are looked up there. */
  private Ownership.Ids ownerIn(StageState stage, String chown) {
    if (stage.snapshot().isEmpty()) {
      return Owners.numbers(chown)
          .orElseThrow(
              () -> new InvalidInputException("--chown=" + chown + ": there are no users yet"));
    }
    try (RootDir root = SnapshotViews.open(snapshotter.mount(stage.snapshot().get()))) {
      return new Owners(root.fd(), "--chown").resolve(chown);
    }
  }
}
