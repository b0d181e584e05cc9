package io.berth.build;

import io.berth.dockerfile.PathPattern;
import io.berth.error.InvalidInputException;
import io.berth.linux.DirEntry;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.FileStatus;
import io.berth.linux.OpenFlags;
import io.berth.linux.StatusCalls;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Predicate;

/**
 * A tree that COPY and ADD take files from: the build context, or the root of an image. Nothing
 * outside of it is reached: links are followed as if the tree were the whole file system.
 */
final class SourceTree {
  private static final int MOST_LINKS = 40;

  private final Fd root;
  private final Predicate<String> ignored;
  private final Predicate<String> skipped;

  /**
   * @param root the tree's directory; stays the caller's
   * @param ignored whether a path, without leading slash, is left out
   * @param skipped whether an ignored directory holds nothing that is not ignored
   */
  SourceTree(Fd root, Predicate<String> ignored, Predicate<String> skipped) {
    this.root = root;
    this.ignored = ignored;
    this.skipped = skipped;
  }

  /** A tree of which nothing is ignored. */
  static SourceTree whole(Fd root) {
    return new SourceTree(root, path -> false, path -> false);
  }

  /**
   * The paths that a source of COPY names, links followed: one for a plain path, any number for a
   * pattern, none when there is no such file.
   */
  List<String> select(String source) {
    List<String> parts = parts(source);
    List<String> found = List.of("");
    for (String part : parts) {
      List<String> next = new ArrayList<>();
      for (String parent : found) {
        if (isPattern(part)) {
          real(parent).ifPresent(directory -> next.addAll(matches(parent, directory, part)));
        } else {
          next.add(join(parent, plain(part)));
        }
      }
      found = next;
    }
    return found.stream()
        .filter(path -> path.isEmpty() || !ignored.test(path))
        .filter(path -> real(path).isPresent())
        .toList();
  }

  /** What a selected path holds: the file itself, or all that is in the directory, sorted. */
  List<SourceItem> items(String selected) {
    String path = real(selected).orElseThrow(() -> gone(selected));
    FileStatus status = StatusCalls.statIfPresent(root, dotted(path)).orElseThrow(() -> gone(path));
    List<SourceItem> items = new ArrayList<>();
    items.add(new SourceItem(path, "", status, ""));
    if (status.isDirectory()) {
      items.addAll(walk(path, ""));
    }
    return items;
  }

  /** Whether a selected path is a directory. */
  boolean isDirectory(String selected) {
    return real(selected)
        .flatMap(path -> StatusCalls.statIfPresent(root, dotted(path)))
        .map(FileStatus::isDirectory)
        .orElse(false);
  }

  /** Opens a regular file; to be closed by the caller. */
  Fd open(String path) {
    int flags = OpenFlags.RDONLY | OpenFlags.NOFOLLOW | OpenFlags.NONBLOCK;
    return FileCalls.open(root, dotted(path), flags, 0, OpenFlags.RESOLVE_IN_ROOT);
  }

  /** Its directories, each kept open until another is needed. */
  OpenParents parents() {
    return OpenParents.in(root);
  }

  InputStream read(String path) {
    return FileIo.inputStream(open(path));
  }

  /** The extended attributes of a file or directory that are copied. */
  SortedMap<String, byte[]> attributes(String path) {
    int slash = path.lastIndexOf('/');
    try (Fd parent = openDirectory(slash < 0 ? "" : path.substring(0, slash))) {
      return TreeWriter.copied(parent, path.substring(slash + 1));
    }
  }

  /** All that is in a directory, sorted; directories side by side. */
  private List<SourceItem> walk(String directory, String target) {
    try (Fd fd = openDirectory(directory)) {
      List<DirEntry> entries = new ArrayList<>(FileCalls.list(fd));
      entries.sort(Comparator.comparing(DirEntry::name));
      List<Optional<FileStatus>> statuses = StatusCalls.statAll(fd, entries);
      List<SourceItem> found = new ArrayList<>(entries.size());
      boolean directories = false;
      for (int i = 0; i < entries.size(); i++) {
        String name = entries.get(i).name();
        String path = join(directory, name);
        if (statuses.get(i).isEmpty()) {
          continue; // removed meanwhile
        }
        FileStatus status = statuses.get(i).get();
        if (!status.isDirectory() && ignored.test(path)) {
          continue;
        }
        directories |= status.isDirectory();
        String link = status.isSymlink() ? FileCalls.readlink(fd, name) : "";
        found.add(new SourceItem(path, join(target, name), status, link));
      }
      return directories
          ? found.parallelStream().flatMap(item -> withContent(item).stream()).toList()
          : found;
    }
  }

  /**
   * An item, and all below it. An ignored directory is there all the same when an exception brings
   * back a file in it.
   */
  private List<SourceItem> withContent(SourceItem item) {
    if (!item.status().isDirectory()) {
      return List.of(item);
    }
    boolean leftOut = ignored.test(item.source());
    if (leftOut && skipped.test(item.source())) {
      return List.of();
    }
    List<SourceItem> below = walk(item.source(), item.target());
    if (leftOut && below.isEmpty()) {
      return List.of();
    }
    List<SourceItem> all = new ArrayList<>(below.size() + 1);
    all.add(item);
    all.addAll(below);
    return all;
  }

  private List<String> matches(String parent, String directory, String pattern) {
    if (!isDirectory(directory)) {
      return List.of();
    }
    PathPattern glob = PathPattern.compile(pattern);
    try (Fd fd = openDirectory(directory)) {
      return FileCalls.list(fd).stream()
          .map(DirEntry::name)
          .filter(name -> glob.matches(name))
          .sorted()
          .map(name -> join(parent, name))
          .toList();
    }
  }

  private Fd openDirectory(String path) {
    int flags = OpenFlags.DIRECTORY | OpenFlags.NOFOLLOW;
    return FileCalls.open(root, dotted(path), flags, 0, OpenFlags.RESOLVE_IN_ROOT);
  }

  /** The path without links, or empty when it leads nowhere. */
  private Optional<String> real(String path) {
    Deque<String> todo = new ArrayDeque<>(split(path));
    List<String> done = new ArrayList<>();
    int links = 0;
    while (!todo.isEmpty()) {
      String part = todo.pop();
      if (part.equals("..")) {
        if (!done.isEmpty()) {
          done.remove(done.size() - 1);
        }
        continue;
      }
      done.add(part);
      String here = String.join("/", done);
      Optional<FileStatus> status = statInRoot(here);
      if (status.isEmpty()) {
        return Optional.empty();
      }
      if (status.get().isSymlink()) {
        if (++links > MOST_LINKS) {
          throw new InvalidInputException("Too many levels of symbolic links in " + path);
        }
        String target = FileCalls.readlink(root, here);
        done.remove(done.size() - 1);
        if (target.startsWith("/")) {
          done.clear();
        }
        List<String> parts = split(target);
        for (int i = parts.size() - 1; i >= 0; i--) {
          todo.push(parts.get(i));
        }
      }
    }
    return Optional.of(String.join("/", done));
  }

  private Optional<FileStatus> statInRoot(String path) {
    int flags = OpenFlags.PATH | OpenFlags.NOFOLLOW;
    Optional<Fd> fd = FileCalls.openIfPresent(root, path, flags, OpenFlags.RESOLVE_IN_ROOT);
    if (fd.isEmpty()) {
      return Optional.empty();
    }
    try (Fd open = fd.get()) {
      return Optional.of(StatusCalls.stat(open));
    }
  }

  /** The components of a source; {@code ..} stays within the tree, as docker has it. */
  private static List<String> parts(String source) {
    List<String> parts = new ArrayList<>();
    for (String part : split(source)) {
      if (!part.equals("..")) {
        parts.add(part);
      } else if (!parts.isEmpty()) {
        parts.remove(parts.size() - 1);
      }
    }
    return parts;
  }

  private static List<String> split(String path) {
    return Arrays.stream(path.split("/")).filter(p -> !p.isEmpty() && !p.equals(".")).toList();
  }

  /** Whether a component is more than a plain name. */
  static boolean isPattern(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '*' || c == '?' || c == '[') {
        return true;
      }
    }
    return false;
  }

  /** The name that a component without wildcards stands for. */
  private static String plain(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      plain.append(c == '\\' && i + 1 < text.length() ? text.charAt(++i) : c);
    }
    return plain.toString();
  }

  static String join(String parent, String name) {
    return parent.isEmpty() ? name : parent + "/" + name;
  }

  private static String dotted(String path) {
    return path.isEmpty() ? "." : path;
  }

  private static InvalidInputException gone(String path) {
    return new InvalidInputException(path + " was removed while it was copied");
  }
}
