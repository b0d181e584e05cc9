package io.berth.runtime.userns;

import io.berth.linux.IdMap;
import io.berth.linux.Programs;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The user namespace that an engine wants.
 *
 * @param mappers the programs that may give more than one id
 * @param shortage why there is one id only, when there is
 */
public record UserNamespace(
    IdMap uids, IdMap gids, Optional<Mappers> mappers, Optional<String> shortage) {

  /** The paths of newuidmap(1) and newgidmap(1). */
  public record Mappers(Path uids, Path gids) {}

  /** With the user's subordinate ids where there are some, else with one id. */
  public static UserNamespace plan(Credentials user, String name) {
    return plan(
        user,
        SubordinateIds.read(Path.of("/etc/subuid"), name, user.uid()),
        SubordinateIds.read(Path.of("/etc/subgid"), name, user.uid()),
        Programs.find("newuidmap"),
        Programs.find("newgidmap"),
        name);
  }

  static UserNamespace plan(
      Credentials user,
      List<SubordinateIds.Range> uids,
      List<SubordinateIds.Range> gids,
      Optional<Path> newuidmap,
      Optional<Path> newgidmap,
      String name) {
    if (uids.isEmpty() || gids.isEmpty()) {
      return single(
          user,
          "the user "
              + name
              + " has no subordinate ids in "
              + (uids.isEmpty() ? "/etc/subuid" : "/etc/subgid")
              + " (add them: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "
              + name
              + ")");
    }
    if (newuidmap.isEmpty() || newgidmap.isEmpty()) {
      return single(
          user,
          "the program "
              + (newuidmap.isEmpty() ? "newuidmap" : "newgidmap")
              + " is not in PATH (Debian: apt-get install uidmap)");
    }
    return new UserNamespace(
        SubordinateIds.map(user.uid(), uids),
        SubordinateIds.map(user.gid(), gids),
        Optional.of(new Mappers(newuidmap.get(), newgidmap.get())),
        Optional.empty());
  }

  /** With one id, for a reason. */
  public UserNamespace withOneId(String reason) {
    return single(uids.ranges().get(0).outside(), gids.ranges().get(0).outside(), reason);
  }

  private static UserNamespace single(Credentials user, String reason) {
    return single(user.uid(), user.gid(), reason);
  }

  private static UserNamespace single(long uid, long gid, String reason) {
    return new UserNamespace(
        SubordinateIds.map(uid, List.of()),
        SubordinateIds.map(gid, List.of()),
        Optional.empty(),
        Optional.of(reason));
  }
}
