package io.berth.build;

import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.oci.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The files of a commit, which is checked out only when no cache has them. */
final class GitPart implements CopyPart {
  private final GitUrl url;
  private final String commit;
  private final boolean keepGitDirectory;
  private final Supplier<Path> checkOut;
  private final CopyRequest request;
  private Optional<Fd> root = Optional.empty();
  private Optional<TreePart> files = Optional.empty();

  GitPart(
      GitUrl url,
      String commit,
      boolean keepGitDirectory,
      Supplier<Path> checkOut,
      CopyRequest request) {
    this.url = url;
    this.commit = commit;
    this.keepGitDirectory = keepGitDirectory;
    this.checkOut = checkOut;
    this.request = request;
  }

  @Override
  public Optional<Digest> quickKey() {
    return Optional.of(
        new KeyDigest("git 1")
            .add(url.remote())
            .add(commit)
            .add(url.directory())
            .add(String.valueOf(keepGitDirectory))
            .digest());
  }

  @Override
  public int count() {
    return 1;
  }

  /** A commit names its files; those of {@code .git} have times, and would never be the same. */
  @Override
  public void addTo(KeyDigest key) {
    key.add(quickKey().orElseThrow().hex());
  }

  @Override
  public void copy(TreeWriter to, CopyRequest asked, Ownership ownership, boolean inside) {
    files().copy(to, asked, ownership, inside);
  }

  private TreePart files() {
    if (files.isEmpty()) {
      Fd opened = FileCalls.openDirectory(checkOut.get());
      root = Optional.of(opened);
      SourceTree tree = SourceTree.whole(opened);
      files =
          Optional.of(
              TreePart.of(
                  request,
                  List.of("/"),
                  tree,
                  url.remote(),
                  false,
                  item -> BuildContext.contentDigest(tree, item)));
    }
    return files.get();
  }

  @Override
  public void close() {
    root.ifPresent(Fd::close);
    root = Optional.empty();
  }
}
