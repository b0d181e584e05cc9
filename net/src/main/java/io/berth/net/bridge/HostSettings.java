package io.berth.net.bridge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The kernel's network settings of this host, files below {@code /proc/sys/net}. */
final class HostSettings {
  private final Path base;

  HostSettings(Path base) {
    this.base = base;
  }

  Optional<String> read(String name) {
    try {
      return Optional.of(Files.readString(base.resolve(name)).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** False when the file is not there or may not be written. */
  boolean write(String name, String value) {
    try {
      Files.writeString(base.resolve(name), value);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Has the host forward packets; what prevents it, with its remedy. */
  List<String> forward(boolean ipv6) {
    List<String> warnings = new ArrayList<>();
    turnOn("ipv4/ip_forward", "IPv4").ifPresent(warnings::add);
    if (ipv6 && !read("ipv6/conf/all/forwarding").equals(Optional.of("1"))) {
      keepRouterAdvertisements();
      turnOn("ipv6/conf/all/forwarding", "IPv6").ifPresent(warnings::add);
    }
    return warnings;
  }

  private Optional<String> turnOn(String name, String protocol) {
    if (read(name).equals(Optional.of("1")) || write(name, "1")) {
      return Optional.empty();
    }
    return Optional.of(
        "This host does not forward "
            + protocol
            + " packets and this engine may not change that: containers reach each other, but no"
            + " other hosts. Run \"sysctl -w net."
            + name.replace('/', '.')
            + "=1\" on the host");
  }

  /** A host that forwards IPv6 forgets the routes that routers told it, unless this is 2. */
  private void keepRouterAdvertisements() {
    try (Stream<Path> links = Files.list(base.resolve("ipv6/conf"))) {
      for (Path link : (Iterable<Path>) links::iterator) {
        String setting = "ipv6/conf/" + link.getFileName() + "/accept_ra";
        if (read(setting).equals(Optional.of("1"))) {
          write(setting, "2");
        }
      }
    } catch (IOException e) {
      // No IPv6 here; turning it on says so.
    }
  }
}
