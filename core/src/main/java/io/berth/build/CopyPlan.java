package io.berth.build;

import io.berth.error.InvalidInputException;
import io.berth.linux.Fd;
import io.berth.linux.FileStatus;
import io.berth.oci.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The files that a COPY or ADD takes, found and not yet copied. */
final class CopyPlan {
  private final CopyRequest request;
  private final SourceTree tree;
  private final List<Source> sources;

  /**
   * One match of a source.
   *
   * @param name the file's name as it was written, or matched
   */
  private record Source(String name, List<SourceItem> items) {
    SourceItem top() {
      return items.get(0);
    }
  }

  private CopyPlan(CopyRequest request, SourceTree tree, List<Source> sources) {
    this.request = request;
    this.tree = tree;
    this.sources = sources;
  }

  /**
   * Finds the files.
   *
   * @param where the tree's name in error messages
   */
  static CopyPlan of(CopyRequest request, SourceTree tree, String where) {
    List<Source> sources = new ArrayList<>();
    for (String source : request.sources()) {
      List<String> selected = tree.select(source);
      if (selected.isEmpty()) {
        throw new InvalidInputException(
            "no such file or directory in "
                + where
                + ": "
                + source
                + "; check its spelling, and whether an ignore file leaves it out");
      }
      for (String path : selected) {
        sources.add(new Source(path.substring(path.lastIndexOf('/') + 1), tree.items(path)));
      }
    }
    if (sources.size() > 1 && !request.intoDirectory()) {
      throw new InvalidInputException(
          "several files cannot be copied to "
              + request.destination()
              + ": end the destination with a slash");
    }
    return new CopyPlan(request, tree, sources);
  }

  /**
   * The digest of all that is copied: names, types, modes, and contents; times do not count.
   *
   * @param owners whether the sources' owners are kept, and so count
   * @param content gives the digest of a regular file
   */
  Digest digest(boolean owners, Function<SourceItem, Digest> content) {
    KeyDigest key = new KeyDigest("files 1");
    for (Source source : sources) {
      key.add(source.name()).add(source.items().size());
      for (SourceItem item : source.items()) {
        FileStatus status = item.status();
        key.add(item.target()).add(item.type().name()).add(status.mode()).add(item.link());
        key.add(status.rdevMajor()).add(status.rdevMinor());
        if (owners) {
          key.add(status.uid()).add(status.gid());
        }
        if (status.isRegular()) {
          key.add(status.size()).add(content.apply(item).hex());
        }
      }
    }
    return key.digest();
  }

  /**
   * Copies.
   *
   * @param capabilities whether the capabilities of files (capabilities(7)) are copied too
   */
  void execute(TreeWriter to, Ownership ownership, boolean capabilities) {
    for (Source source : sources) {
      if (source.top().status().isDirectory()) {
        copyDirectory(source, to, ownership, capabilities);
      } else if (!(request.unpack() && unpack(source.top(), to, ownership))) {
        boolean inside =
            request.path().isEmpty() || request.intoDirectory() || to.isDirectory(request.path());
        String target = inside ? request.path() + "/" + source.name() : request.path();
        to.makeDirectories(parent(target), ownership.ownerOrRoot());
        copy(source.top(), target, to, ownership, capabilities);
      }
    }
  }

  private boolean unpack(SourceItem item, TreeWriter to, Ownership ownership) {
    // What an archive holds keeps its owners unless others are asked for.
    Ownership inside =
        request.chown().isPresent() ? ownership : new Ownership(Optional.empty(), ownership.mode());
    return item.status().isRegular()
        && new ArchiveUnpacker(to, request.path(), inside)
            .unpack(item.source(), () -> tree.read(item.source()));
  }

  private void copyDirectory(
      Source source, TreeWriter to, Ownership ownership, boolean capabilities) {
    to.makeDirectories(parent(request.path()), ownership.ownerOrRoot());
    List<SourceItem> written = new ArrayList<>();
    for (SourceItem item : source.items()) {
      String target =
          item.target().isEmpty() ? request.path() : request.path() + "/" + item.target();
      if (!item.status().isDirectory()) {
        copy(item, target, to, ownership, capabilities);
        continue;
      }
      int mode = ownership.mode().orElse(item.status().mode());
      Ownership.Ids owner = owner(item, ownership);
      if (to.makeDirectory(target, mode, owner)) {
        written.add(item);
      } else if (!item.target().isEmpty()) {
        to.setDirectory(target, mode, owner);
        written.add(item);
      }
    }
    // Last, since writing into a directory sets its time.
    for (int i = written.size() - 1; i >= 0; i--) {
      SourceItem item = written.get(i);
      String target =
          item.target().isEmpty() ? request.path() : request.path() + "/" + item.target();
      to.setModified(target, item.status().mtime());
    }
  }

  private void copy(
      SourceItem item, String target, TreeWriter to, Ownership ownership, boolean capabilities) {
    FileStatus status = item.status();
    Ownership.Ids owner = owner(item, ownership);
    int mode = ownership.mode().orElse(status.mode());
    switch (item.type()) {
      case REGULAR -> {
        try (Fd content = tree.open(item.source())) {
          to.file(target, content, status.size(), mode, owner, status.mtime());
          if (capabilities) {
            tree.capabilities(item.source()).ifPresent(c -> to.setCapabilities(target, c));
          }
        }
      }
      case SYMLINK -> to.symlink(target, item.link(), owner, status.mtime());
      case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO ->
          to.special(target, item.type(), mode, owner, status.rdevMajor(), status.rdevMinor());
      case SOCKET -> {
        // Nobody listens to it in the image; docker leaves it out too.
      }
      case DIRECTORY, UNKNOWN ->
          throw new InvalidInputException("cannot copy " + item.source() + ": " + item.type());
    }
  }

  private static Ownership.Ids owner(SourceItem item, Ownership ownership) {
    FileStatus status = item.status();
    return ownership.owner().orElseGet(() -> new Ownership.Ids(status.uid(), status.gid()));
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash <= 0 ? "/" : path.substring(0, slash);
  }
}
