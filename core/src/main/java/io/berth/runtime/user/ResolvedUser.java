package io.berth.runtime.user;

import java.util.List;
import java.util.Objects;

/**
 * A user as the kernel takes it.
 *
 * @param uid the user id
 * @param gid the group id
 * @param groups supplementary group ids
 * @param home the home directory, {@code /} when unknown
 */
public record ResolvedUser(int uid, int gid, List<Integer> groups, String home) {
  public ResolvedUser {
    groups = List.copyOf(groups);
    Objects.requireNonNull(home, "home");
  }
}
