package io.berth.cli;

import io.berth.api.NetworkMode;
import io.berth.error.InvalidInputException;

/** The values of {@code --network}. */
final class NetworkOption {
  private NetworkOption() {}

  static NetworkMode parse(String text) {
    return switch (text) {
      case "none" -> NetworkMode.NONE;
      case "host" -> NetworkMode.HOST;
      default ->
          throw new InvalidInputException(
              "Unsupported network \"" + text + "\": this release has none and host");
    };
  }
}
