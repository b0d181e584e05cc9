package io.berth.network;

import io.berth.api.PublishedPort;
import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import io.berth.net.Cidr;
import io.berth.net.driver.PortForward;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The directory {@code net} of a container, which its monitor and the monitor's helper read
 * (network.c, resolver.c, proxy.c). Files are replaced as a whole:
 *
 * <pre>
 * files       what to delete at the end, a path in each line
 * rules       what to write to nf_tables before that
 * ports       a line for each port: protocol, address and port of the host, address, port
 * names/NAME  symlinks to the networks whose names it may look up
 * links/NAME  the name that it knows another container by; the content is the other's name
 * upstream    who is asked what is not found there, as resolv.conf(5); nobody when it is missing
 * </pre>
 */
final class NetFiles {
  private static final Path HOST_RESOLVERS = Path.of("/etc/resolv.conf");

  private final Path directory;

  /**
   * @param container its directory
   */
  NetFiles(Path container) {
    this.directory = container.resolve("net");
  }

  /** Begins anew, as its container does. */
  void clear() {
    if (Files.exists(directory)) {
      NetworkFiles.deleteTree(directory);
    }
    NetworkFiles.makeDirectories(directory);
  }

  boolean exists() {
    return Files.exists(directory);
  }

  /** What the monitor takes back when the container has ended. */
  void undo(List<Path> files, byte[] rules) {
    String text =
        files.stream().map(f -> f + "\n").collect(Collectors.joining())
            + directory.resolve("ports")
            + "\n";
    // In this order: of the new state too much may be taken back, but of neither too little.
    replace("files", text.getBytes(StandardCharsets.UTF_8));
    if (rules.length > 0 || Files.exists(directory.resolve("rules"))) {
      replace("rules", rules);
    }
  }

  private void replace(String name, byte[] content) {
    Path fresh = directory.resolve(name + ".new");
    try {
      Files.write(fresh, content);
      Files.move(fresh, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StorageException("Cannot write " + fresh + ": " + e, e);
    }
  }

  // ---- Ports ------------------------------------------------------------------------------------

  /** Says which ports lead to it, and where a connection goes that comes to their sockets. */
  void ports(List<PublishedPort> ports, Optional<Member> target) {
    if (ports.isEmpty()) {
      return;
    }
    StringBuilder text = new StringBuilder();
    for (PublishedPort port : ports) {
      boolean ipv6 = port.hostAddress().indexOf(':') >= 0;
      String to =
          target
              .flatMap(t -> t.address(ipv6).or(() -> t.address(!ipv6)))
              .map(Cidr::text)
              .orElse("-");
      text.append(
          "%s %s %d %s %d\n"
              .formatted(
                  port.protocol(), port.hostAddress(), port.hostPort(), to, port.containerPort()));
    }
    replace("ports", text.toString().getBytes(StandardCharsets.UTF_8));
  }

  List<PublishedPort> ports() {
    List<PublishedPort> ports = new ArrayList<>();
    AtomicFile.read(directory.resolve("ports"))
        .map(b -> new String(b, StandardCharsets.UTF_8))
        .ifPresent(
            text ->
                text.lines()
                    .map(l -> l.split(" "))
                    .filter(f -> f.length == 5)
                    .forEach(
                        f ->
                            ports.add(
                                new PublishedPort(
                                    Integer.parseInt(f[4]), f[0], f[1], Integer.parseInt(f[2])))));
    return ports;
  }

  /** The rules by which the kernel leads the ports to a member; the rest goes through a process. */
  static List<PortForward> forwards(List<PublishedPort> ports, Member target) {
    List<PortForward> forwards = new ArrayList<>();
    for (PublishedPort port : ports) {
      InetAddress host = Cidr.address(port.hostAddress());
      target
          .address(host.getAddress().length == 16)
          .filter(to -> !isIpv6Loopback(host))
          .ifPresent(
              to ->
                  forwards.add(
                      new PortForward(
                          number(port.protocol()),
                          host,
                          port.hostPort(),
                          to,
                          port.containerPort())));
    }
    return forwards;
  }

  private static boolean isIpv6Loopback(InetAddress address) {
    return address.getAddress().length == 16 && address.isLoopbackAddress();
  }

  private static int number(String protocol) {
    return switch (protocol) {
      case "tcp" -> 6;
      case "udp" -> 17;
      default -> 132;
    };
  }

  // ---- Names ------------------------------------------------------------------------------------

  void lookUpIn(String name, Path network) {
    Path link = directory.resolve("names").resolve(name);
    try {
      Files.createDirectories(link.getParent());
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, network);
    } catch (IOException e) {
      throw new StorageException("Cannot make " + link + ": " + e, e);
    }
  }

  void lookUpNoMoreIn(String name) {
    NetworkFiles.delete(directory.resolve("names").resolve(name));
  }

  boolean looksUpNames() {
    return !NetworkFiles.list(directory.resolve("names")).isEmpty();
  }

  void links(Map<String, String> aliases) {
    for (Map.Entry<String, String> link : aliases.entrySet()) {
      Path file = directory.resolve("links").resolve(link.getKey().toLowerCase(Locale.ROOT));
      try {
        Files.createDirectories(file.getParent());
        Files.writeString(file, link.getValue().toLowerCase(Locale.ROOT) + "\n");
      } catch (IOException e) {
        throw new StorageException("Cannot write " + file + ": " + e, e);
      }
    }
  }

  /**
   * Says who is asked for other names.
   *
   * @param outside whether the container reaches other hosts at all
   * @param servers in place of this host's
   */
  void upstream(boolean outside, List<String> servers) {
    Path file = directory.resolve("upstream");
    try {
      Files.deleteIfExists(file);
      if (outside && servers.isEmpty()) {
        Files.createSymbolicLink(file, HOST_RESOLVERS);
      } else if (outside) {
        Files.writeString(
            file,
            servers.stream().map(s -> "nameserver " + s + "\n").collect(Collectors.joining()));
      }
    } catch (NoSuchFileException e) {
      throw new StorageException("Cannot write " + file + ": the container has ended", e);
    } catch (IOException e) {
      throw new StorageException("Cannot write " + file + ": " + e, e);
    }
  }
}
