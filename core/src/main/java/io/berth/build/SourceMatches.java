package io.berth.build;

import io.berth.dockerfile.GoPaths;
import io.berth.dockerfile.IgnorePatterns;
import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the files that the sources of a COPY or ADD name in a tree. */
final class SourceMatches {
  private SourceMatches() {}

  /**
   * One match of a source.
   *
   * @param name the file's name as it was written, or matched
   */
  record Source(String name, List<SourceItem> items) {
    SourceItem top() {
      return items.get(0);
    }
  }

  /**
   * Finds all; none is an error.
   *
   * @param where the tree's name in error messages
   */
  static List<Source> find(
      CopyRequest request, List<String> sources, SourceTree tree, String where) {
    IgnorePatterns excluded = request.excluded();
    List<Source> found = new ArrayList<>();
    for (String source : sources) {
      List<Source> matches = request.parents() ? withParents(source, tree) : plain(source, tree);
      if (matches.isEmpty() && !SourceTree.isPattern(source)) {
        throw new InvalidInputException(
            "no such file or directory in "
                + where
                + ": "
                + source
                + "; check its spelling, and whether an ignore file leaves it out");
      }
      if (!request.excludes().isEmpty()) {
        matches = matches.stream().map(s -> without(excluded, s)).toList();
      }
      found.addAll(matches);
    }
    if (found.isEmpty()) {
      throw new InvalidInputException(
          "nothing in "
              + where
              + " matches "
              + String.join(" ", sources)
              + "; check the pattern, and whether an ignore file leaves the files out");
    }
    return found;
  }

  private static List<Source> plain(String source, SourceTree tree) {
    List<Source> found = new ArrayList<>();
    for (String path : tree.select(source)) {
      found.add(new Source(path.substring(path.lastIndexOf('/') + 1), tree.items(path)));
    }
    return found;
  }

  /** All that a pattern matches, with the directories that lead there from a pivot {@code /./}. */
  private static List<Source> withParents(String source, SourceTree tree) {
    int pivot = source.indexOf("/./");
    String base = pivot < 0 ? "" : source.substring(0, pivot);
    String pattern = pivot < 0 ? source : source.substring(pivot + 3);
    List<Source> found = new ArrayList<>();
    for (String path : tree.select(base)) {
      List<SourceItem> items = tree.items(path);
      IgnorePatterns wanted = IgnorePatterns.parse(stripped(pattern));
      List<SourceItem> kept = new ArrayList<>(List.of(items.get(0)));
      kept.addAll(matching(wanted, items.subList(1, items.size())));
      if (kept.size() > 1) {
        found.add(new Source("", kept));
      }
    }
    return found;
  }

  private static String stripped(String pattern) {
    String clean = GoPaths.clean("/" + pattern);
    return clean.equals("/") ? "**" : clean.substring(1);
  }

  /** Items that match, and the directories above them. */
  private static List<SourceItem> matching(IgnorePatterns wanted, List<SourceItem> items) {
    boolean[] kept = new boolean[items.size()];
    Map<String, Integer> index = new HashMap<>();
    for (int i = 0; i < items.size(); i++) {
      String target = items.get(i).target();
      index.put(target, i);
      if (wanted.matches(target)) {
        for (String at = target; !at.isEmpty() && !kept[index.get(at)]; at = parentOf(at)) {
          kept[index.get(at)] = true;
        }
      }
    }
    List<SourceItem> result = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      if (kept[i]) {
        result.add(items.get(i));
      }
    }
    return result;
  }

  private static String parentOf(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  /** Leaves out what is excluded; directories stay when something in them does. */
  private static Source without(IgnorePatterns excluded, Source source) {
    List<SourceItem> items = source.items();
    boolean[] kept = new boolean[items.size()];
    kept[0] = true;
    Map<String, Integer> index = new HashMap<>();
    for (int i = 1; i < items.size(); i++) {
      String target = items.get(i).target();
      index.put(target, i);
      if (!excluded.matches(target)) {
        for (String at = target; !at.isEmpty() && !kept[index.get(at)]; at = parentOf(at)) {
          kept[index.get(at)] = true;
        }
      }
    }
    List<SourceItem> result = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      if (kept[i]) {
        result.add(items.get(i));
      }
    }
    return new Source(source.name(), result);
  }
}
