package io.berth.api;

import java.util.List;
import java.util.Optional;

/**
 * What a container may do beyond, or short of, Docker's defaults.
 *
 * @param privileged every capability and device, nothing masked, no seccomp
 * @param seccomp {@code unconfined}, or a profile in Docker's JSON format; Docker's default one
 *     when empty
 * @param labels of SELinux, as {@code user:USER}, {@code type:TYPE} and so on, or {@code disable}
 * @param apparmor a loaded profile; used where AppArmor is enabled
 * @param unmasked whether nothing of /proc and /sys is masked or read-only ({@code
 *     systempaths=unconfined})
 */
public record Rights(
    boolean privileged,
    List<String> capAdd,
    List<String> capDrop,
    boolean noNewPrivileges,
    Optional<String> seccomp,
    List<String> labels,
    Optional<String> apparmor,
    boolean unmasked) {
  public static final Rights DEFAULT =
      new Rights(
          false, List.of(), List.of(), false, Optional.empty(), List.of(), Optional.empty(), false);

  public Rights {
    capAdd = List.copyOf(capAdd);
    capDrop = List.copyOf(capDrop);
    labels = List.copyOf(labels);
  }

  public boolean seccompUnconfined() {
    return privileged || seccomp.filter("unconfined"::equals).isPresent();
  }
}
