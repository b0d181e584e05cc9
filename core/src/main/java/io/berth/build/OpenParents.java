package io.berth.build;

import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.OpenFlags;
import java.util.function.Function;

/**
 * The directory that was used last, kept open: files come and go directory by directory. For one
 * thread.
 */
final class OpenParents implements AutoCloseable {
  private final Function<String, Fd> opener;
  private String path = "";
  private Fd open;

  private OpenParents(Function<String, Fd> opener) {
    this.opener = opener;
  }

  /** Directories below a root, whose links lead nowhere else. */
  static OpenParents in(Fd root) {
    return new OpenParents(
        path ->
            FileCalls.open(
                root,
                path.isEmpty() ? "." : path,
                OpenFlags.DIRECTORY | OpenFlags.RDONLY,
                0,
                OpenFlags.RESOLVE_IN_ROOT));
  }

  /** The directory of a path; closed by the next call. */
  Fd of(String file) {
    return directory(file.substring(0, Math.max(0, file.lastIndexOf('/'))));
  }

  private Fd directory(String wanted) {
    if (open == null || !path.equals(wanted)) {
      close();
      open = opener.apply(wanted);
      path = wanted;
    }
    return open;
  }

  @Override
  public void close() {
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
