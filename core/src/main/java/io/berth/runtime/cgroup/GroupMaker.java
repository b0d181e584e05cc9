package io.berth.runtime.cgroup;

import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Makes the directories of one container and remembers them, to undo a creation that fails. */
final class GroupMaker {
  // An id becomes a path: no slash, and not . or ..
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,127}");

  private final String id;
  private final Consumer<Path> made;
  private final List<Path> directories = new ArrayList<>();

  GroupMaker(String id, Consumer<Path> made) {
    this.id = checked(id);
    this.made = made;
  }

  static String checked(String id) {
    if (!ID.matcher(id).matches()) {
      throw new InvalidInputException(
          "\"" + id + "\" cannot name a control group; use letters, digits, _, . and -");
    }
    return id;
  }

  /** A parent's path below the top of a tree. */
  static String relative(String parent) {
    String path = Path.of("/" + parent).normalize().toString().substring(1);
    if (path.isEmpty()) {
      throw new InvalidInputException("\"" + parent + "\" names no control group");
    }
    return path;
  }

  /** Where groups go in a tree: at its top when that can be written, else below this process. */
  static Path base(CgroupLayout.Tree tree) {
    return Files.isWritable(tree.root()) && Files.isWritable(tree.root().resolve("cgroup.procs"))
        ? tree.root()
        : tree.own();
  }

  void shared(Path directory) throws IOException {
    boolean fresh = !Files.isDirectory(directory);
    CgroupFiles.makeShared(directory);
    if (fresh) {
      made.accept(directory);
    }
  }

  void make(Path directory) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      throw new ConflictException(
          "Container "
              + id
              + " already has the control group "
              + directory
              + "; remove it with find(id).remove() when nothing runs in it",
          e);
    }
    directories.add(directory);
    made.accept(directory);
  }

  List<Path> directories() {
    return List.copyOf(directories);
  }

  /** Takes back what was made; the first error is the one that counts. */
  void undo(Exception cause) {
    for (Path directory : directories) {
      try {
        CgroupFiles.removeTree(directory);
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }
}
