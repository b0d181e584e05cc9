package io.berth.container;

import io.berth.api.Rights;
import io.berth.error.InvalidInputException;
import io.berth.runtime.security.CapabilitySet;
import io.berth.runtime.security.SeccompProfile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The rights of a container that is being asked for, checked as they come. */
final class RightsDraft {
  private final List<String> capAdd = new ArrayList<>();
  private final List<String> capDrop = new ArrayList<>();
  private final List<String> labels = new ArrayList<>();
  private Optional<String> seccomp = Optional.empty();
  private Optional<String> apparmor = Optional.empty();
  private boolean privileged;
  private boolean noNewPrivileges;
  private boolean maskPaths = true;

  void privileged(boolean privileged) {
    this.privileged = privileged;
  }

  void noNewPrivileges(boolean on) {
    this.noNewPrivileges = on;
  }

  void capAdd(String capability) {
    capAdd.add(capability);
    CapabilitySet.dockerDefault().tweak(capAdd, capDrop);
  }

  void capDrop(String capability) {
    capDrop.add(capability);
    CapabilitySet.dockerDefault().tweak(capAdd, capDrop);
  }

  void seccomp(boolean on) {
    this.seccomp = on ? Optional.empty() : Optional.of("unconfined");
  }

  void seccompProfile(String json) {
    SeccompProfile.parse(json.getBytes(StandardCharsets.UTF_8));
    this.seccomp = Optional.of(json);
  }

  void label(String label) {
    if (!label.equals("disable") && !label.matches("(user|role|type|filetype|level):.+")) {
      throw new InvalidInputException(
          "Invalid security label \""
              + label
              + "\": expected disable, or user:, role:, type:, filetype: or level: with a value");
    }
    labels.add(label);
  }

  void apparmor(String profile) {
    this.apparmor = Optional.of(profile);
  }

  void maskPaths(boolean mask) {
    this.maskPaths = mask;
  }

  Rights build() {
    return new Rights(
        privileged, capAdd, capDrop, noNewPrivileges, seccomp, labels, apparmor, !maskPaths);
  }
}
