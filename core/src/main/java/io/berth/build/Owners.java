package io.berth.build;

import io.berth.error.InvalidInputException;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.FileIo;
import io.berth.linux.OpenFlags;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the numbers of {@code user:group}, in the users and groups of the image. */
final class Owners {
  private static final int MOST_BYTES = 16 * 1024 * 1024;

  private final Fd root;
  private final String what;

  /**
   * @param what names a user, for error messages, such as {@code --chown}
   */
  Owners(Fd root, String what) {
    this.root = root;
    this.what = what;
  }

  /** The owner when it is given by numbers alone. */
  static Optional<Ownership.Ids> numbers(String chown) {
    String[] parts = chown.split(":", -1);
    if (parts.length > 2 || !isNumber(parts[0]) || parts.length == 2 && !isNumber(parts[1])) {
      return Optional.empty();
    }
    return Optional.of(new Ownership.Ids(number(parts[0]), number(parts[parts.length - 1])));
  }

  /** Resolves {@code user}, {@code uid}, {@code user:group} or {@code uid:gid}. */
  Ownership.Ids resolve(String chown) {
    int colon = chown.indexOf(':');
    String user = colon < 0 ? chown : chown.substring(0, colon);
    String group = colon < 0 ? "" : chown.substring(colon + 1);
    long uid;
    long gid;
    if (user.isEmpty() && colon == 0) {
      uid = 0;
      gid = 0;
    } else if (isNumber(user)) {
      uid = number(user);
      // As docker documents it: a user id alone is the group id too.
      gid = uid;
    } else {
      List<String> line = find("/etc/passwd", user, chown);
      uid = field(line, 2, "/etc/passwd", chown);
      gid = field(line, 3, "/etc/passwd", chown);
    }
    if (!group.isEmpty()) {
      gid =
          isNumber(group)
              ? number(group)
              : field(find("/etc/group", group, chown), 2, "/etc/group", chown);
    }
    return new Ownership.Ids(uid, gid);
  }

  private List<String> find(String file, String name, String chown) {
    return lines(file)
        .map(line -> List.of(line.split(":", -1)))
        .filter(fields -> fields.get(0).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidInputException(
                    what
                        + "="
                        + chown
                        + ": there is no "
                        + name
                        + " in the image's "
                        + file
                        + "; create it in a RUN step before, or give a number"));
  }

  private Stream<String> lines(String file) {
    int flags = OpenFlags.RDONLY | OpenFlags.NONBLOCK;
    Optional<Fd> fd = FileCalls.openIfPresent(root, file, flags, OpenFlags.RESOLVE_IN_ROOT);
    if (fd.isEmpty()) {
      return Stream.empty();
    }
    try (InputStream in = FileIo.inputStream(fd.get())) {
      return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).lines();
    } catch (IOException e) {
      throw new InvalidInputException("Cannot read the image's " + file + ": " + e.getMessage(), e);
    }
  }

  private long field(List<String> line, int index, String file, String chown) {
    if (line.size() <= index || !isNumber(line.get(index))) {
      throw new InvalidInputException(
          what + "=" + chown + ": the image's " + file + " has a broken line: " + line);
    }
    return number(line.get(index));
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() <= 18
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static long number(String text) {
    return Long.parseLong(text);
  }
}
