package io.berth.build;

/**
 * A git repository and what is wanted of it.
 *
 * @param ref a branch, tag or commit; empty for the default branch
 * @param directory below its root; empty for all
 */
record GitUrl(String remote, String ref, String directory) {

  /** Reads {@code URL#REF:DIRECTORY}. */
  static GitUrl parse(String text) {
    int hash = text.indexOf('#');
    String remote = hash < 0 ? text : text.substring(0, hash);
    String fragment = hash < 0 ? "" : text.substring(hash + 1);
    int colon = fragment.indexOf(':');
    if (remote.startsWith("github.com/")) {
      remote = "https://" + remote;
    }
    return new GitUrl(
        remote,
        colon < 0 ? fragment : fragment.substring(0, colon),
        colon < 0 ? "" : fragment.substring(colon + 1));
  }
}
