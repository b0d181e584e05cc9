package io.berth.runtime.user;

import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.error.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Resolves the USER of an image as Docker does: {@code name}, {@code uid}, {@code name:group},
 * {@code uid:gid}, or empty for root. A number need not be in the files.
 *
 * <pre>{@code
 * ResolvedUser user = new UserResolver(
 *     () -> openInRoot("etc/passwd"), () -> openInRoot("etc/group")).resolve("app");
 * }</pre>
 *
 * The streams must be opened inside the image's root (a link in the image must not lead out of it);
 * a file that the image lacks is an empty stream.
 */
public final class UserResolver {
  /** Files come from images, so that a larger one is refused instead of filling the memory. */
  static final int MAX_BYTES = 4 << 20;

  private final Source passwd;
  private final Source group;

  /** Opens one of the files. */
  @FunctionalInterface
  public interface Source {
    InputStream open() throws IOException;
  }

  private record User(String name, int uid, int gid, String home) {}

  private record Group(String name, int gid, List<String> members) {}

  public UserResolver(Source passwd, Source group) {
    this.passwd = passwd;
    this.group = group;
  }

  /**
   * Resolves a USER.
   *
   * @throws NotFoundException when a name is in none of the files
   * @throws InvalidInputException when the form or a number is wrong
   */
  public ResolvedUser resolve(String spec) {
    String[] parts = spec.split(":", -1);
    if (parts.length > 2 || parts.length == 2 && parts[0].isEmpty() && parts[1].isEmpty()) {
      throw new InvalidInputException(
          "User \"" + spec + "\" has a wrong form; use NAME, UID, NAME:GROUP or UID:GID");
    }
    String userPart = parts[0];
    String groupPart = parts.length == 2 ? parts[1] : "";
    OptionalInt number = id(userPart);
    int wanted = userPart.isEmpty() ? 0 : number.orElse(-1);
    Optional<User> user =
        users().stream().filter(u -> u.name.equals(userPart) || u.uid == wanted).findFirst();
    if (user.isEmpty() && !userPart.isEmpty() && number.isEmpty()) {
      throw new NotFoundException(
          "unable to find user "
              + userPart
              + ": no matching entries in passwd file; add the user to the image (useradd), or use"
              + " a number");
    }
    int uid = user.map(User::uid).orElse(Math.max(wanted, 0));
    String home = user.map(User::home).filter(h -> !h.isEmpty()).orElse("/");
    if (!groupPart.isEmpty()) {
      return new ResolvedUser(uid, gid(groupPart, groups()), List.of(), home);
    }
    List<Integer> supplementary =
        user.map(User::name)
            .map(
                name ->
                    groups().stream()
                        .filter(g -> g.members.contains(name))
                        .map(Group::gid)
                        .distinct()
                        .toList())
            .orElse(List.of());
    return new ResolvedUser(uid, user.map(User::gid).orElse(0), supplementary, home);
  }

  /** Resolves {@code --group-add}: names and numbers. */
  public List<Integer> resolveGroups(Collection<String> names) {
    List<Group> known = groups();
    Set<Integer> gids = new LinkedHashSet<>();
    names.forEach(name -> gids.add(gid(name, known)));
    return List.copyOf(gids);
  }

  private static int gid(String name, List<Group> groups) {
    OptionalInt number = id(name);
    return groups.stream()
        .filter(g -> g.name.equals(name) || g.gid == number.orElse(-1))
        .map(Group::gid)
        .findFirst()
        .orElseGet(
            () ->
                number.orElseThrow(
                    () ->
                        new NotFoundException(
                            "unable to find group "
                                + name
                                + ": no matching entries in group file; add the group to the image"
                                + " (groupadd), or use a number")));
  }

  /** Lines that are no valid entry are skipped; read as zero they would give someone root. */
  private List<User> users() {
    List<User> users = new ArrayList<>();
    for (String[] fields : lines(passwd, "passwd")) {
      OptionalInt uid = fields.length >= 4 ? entryId(fields[2]) : OptionalInt.empty();
      OptionalInt gid = fields.length >= 4 ? entryId(fields[3]) : OptionalInt.empty();
      if (uid.isPresent() && gid.isPresent() && !fields[0].isEmpty()) {
        String home = fields.length > 5 ? fields[5] : "";
        users.add(new User(fields[0], uid.getAsInt(), gid.getAsInt(), home));
      }
    }
    return users;
  }

  private List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    for (String[] fields : lines(group, "group")) {
      OptionalInt gid = fields.length >= 3 ? entryId(fields[2]) : OptionalInt.empty();
      if (gid.isPresent() && !fields[0].isEmpty()) {
        List<String> members = fields.length > 3 ? List.of(fields[3].split(",")) : List.of();
        groups.add(new Group(fields[0], gid.getAsInt(), members));
      }
    }
    return groups;
  }

  private static List<String[]> lines(Source source, String name) {
    byte[] bytes;
    try (InputStream stream = source.open()) {
      bytes = stream.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      throw new StorageException("Cannot read the image's " + name + " file: " + e, e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new InvalidInputException(
          "The image's " + name + " file has more than " + MAX_BYTES + " bytes; shorten it");
    }
    return new String(bytes, StandardCharsets.UTF_8)
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .map(line -> line.split(":", -1))
        .toList();
  }

  private static OptionalInt entryId(String text) {
    return text.matches("\\d{1,10}") && Long.parseLong(text) <= Integer.MAX_VALUE
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }

  /** A number as given by the user; empty when it is a name. */
  private static OptionalInt id(String text) {
    if (!text.matches("-?\\d+")) {
      return OptionalInt.empty();
    }
    OptionalInt id = entryId(text);
    if (id.isEmpty()) {
      throw new InvalidInputException(
          "\"" + text + "\": uids and gids must be in range 0-2147483647");
    }
    return id;
  }
}
