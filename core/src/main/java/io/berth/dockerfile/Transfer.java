package io.berth.dockerfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What COPY and ADD have in common.
 *
 * @param sources words; globs of paths in the context
 * @param files written into the Dockerfile itself
 * @param destination a word
 * @param chown a word such as {@code user:group}
 * @param chmod a word: an octal mode, or as chmod(1) has it
 * @param link whether the files are a layer that does not depend on those below
 * @param excludes words; patterns of files that are left out
 */
public record Transfer(
    List<String> sources,
    List<Heredoc> files,
    String destination,
    Optional<String> chown,
    Optional<String> chmod,
    boolean link,
    List<String> excludes) {
  public Transfer {
    sources = List.copyOf(sources);
    files = List.copyOf(files);
    excludes = List.copyOf(excludes);
    Objects.requireNonNull(destination, "destination");
  }

  public static Transfer of(List<String> sources, String destination) {
    return new Transfer(
        sources, List.of(), destination, Optional.empty(), Optional.empty(), false, List.of());
  }

  String flags() {
    return Printing.flag("chown", chown)
        + Printing.flag("chmod", chmod)
        + (link ? "--link " : "")
        + Printing.flags("exclude", excludes);
  }

  String paths() {
    List<String> all = new ArrayList<>(sources);
    files.forEach(file -> all.add(file.marker()));
    return Printing.paths(all, destination, !files.isEmpty()) + Printing.heredocs(files);
  }
}
