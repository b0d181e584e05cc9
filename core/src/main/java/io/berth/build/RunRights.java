package io.berth.build;

import io.berth.api.NetworkMode;
import io.berth.build.StepRunner.Surroundings;
import io.berth.error.InvalidInputException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What RUN steps may ask for with flags, and what is around them. */
final class RunRights {
  static final String NETWORK_HOST = "network.host";
  static final String INSECURE = "security.insecure";

  private final Surroundings defaults;
  private final Set<String> allowed;

  /**
   * @param allowed the rights that the build was given
   */
  RunRights(Surroundings defaults, Set<String> allowed) {
    this.defaults = defaults;
    this.allowed = Set.copyOf(allowed);
  }

  Surroundings of(Optional<String> network, Optional<String> security, List<String> devices) {
    NetworkMode mode =
        switch (network.orElse("default")) {
          case "default" -> defaults.network();
          case "none" -> NetworkMode.NONE;
          case "host" -> {
            if (!defaults.network().isHost()) {
              allow(NETWORK_HOST, "--network=host");
            }
            yield NetworkMode.HOST;
          }
          default ->
              throw new InvalidInputException(
                  "expected default, none or host for --network, found " + network.get());
        };
    boolean insecure =
        switch (security.orElse("sandbox")) {
          case "sandbox" -> false;
          case "insecure" -> {
            allow(INSECURE, "--security=insecure");
            yield true;
          }
          default ->
              throw new InvalidInputException(
                  "expected sandbox or insecure for --security, found " + security.get());
        };
    for (String device : devices) {
      if (List.of(device.split(",")).contains("required")) {
        throw new InvalidInputException(
            "the device "
                + device
                + " is required, and build steps have none; leave required out, or run the step"
                + " in a container");
      }
    }
    return defaults.with(mode, insecure);
  }

  private void allow(String right, String flag) {
    if (!allowed.contains(right)) {
      throw new InvalidInputException(
          flag + " needs a build that allows it: allow(\"" + right + "\"), or --allow " + right);
    }
  }
}
