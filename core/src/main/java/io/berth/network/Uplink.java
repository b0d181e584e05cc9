package io.berth.network;

import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import io.berth.internal.AtomicFile;
import io.berth.linux.Fd;
import io.berth.linux.FileCalls;
import io.berth.linux.OpenFlags;
import io.berth.linux.Programs;
import io.berth.net.Cidr;
import io.berth.net.bridge.BridgeDriver;
import io.berth.net.linux.NamespaceCalls;
import io.berth.net.linux.NetworkNamespace;
import io.berth.net.linux.RouteSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The namespace that has an ordinary user's bridges, and the process that keeps it and connects it
 * to the host. All engines of a data directory share it. Whoever holds the fifo {@code alive} open
 * keeps the process: engines that have used it, and the monitors of containers.
 */
final class Uplink implements AutoCloseable {
  private static final int ENXIO = 6;
  private static final String DEVICE = "tap0";
  private static final List<String> SUBNETS =
      List.of("10.0.2.0/24", "192.168.127.0/24", "172.31.254.0/24", "10.255.2.0/24");
  private static final int OWN_HOST = 100;
  private static final int END_TRIES = 100;
  private static final int END_PAUSE = 5;

  private final NetworkFiles files;
  private final String engine;
  private final NamespaceCalls calls;
  private final UplinkStarter starter;
  private Optional<Held> held = Optional.empty();

  /** What is held while the process is counted on. */
  private record Held(Fd alive, NetworkNamespace namespace, BridgeDriver driver) {}

  /**
   * @param engine whose bridges they are
   */
  Uplink(NetworkFiles files, String engine, NamespaceCalls calls, UplinkStarter starter) {
    this.files = files;
    this.engine = engine;
    this.calls = calls;
    this.starter = starter;
  }

  /** Whether the process runs and the namespace is at hand. */
  synchronized boolean isUp() {
    return held.isPresent() && openAlive().map(Uplink::close).orElse(false);
  }

  private static boolean close(Fd fd) {
    fd.close();
    return true;
  }

  /** The driver in the namespace, if there is one by now; nobody else may be starting it. */
  synchronized Optional<BridgeDriver> present() {
    if (held.isEmpty()) {
      openAlive().ifPresent(this::adopt);
    }
    return held.map(Held::driver);
  }

  /** Starts it when it is not there; nobody else may do that meanwhile. What does not work. */
  synchronized List<String> up() {
    if (present().isEmpty() || !isUp()) {
      start();
    }
    return state().map(State::trouble).filter(t -> !t.isEmpty()).map(Uplink::warning).stream()
        .toList();
  }

  private static String warning(String trouble) {
    return "Containers reach each other, and their published ports are reached, but they reach no"
        + " other hosts: this ordinary user's networks are not connected to the host ("
        + trouble
        + "). Install pasta (Debian: apt-get install passt) or slirp4netns; each needs"
        + " /dev/net/tun, open to this user";
  }

  /** Descriptors for a monitor; see {@link Ground#passed}. */
  synchronized List<Integer> passed(NetworkNamespace namespace) {
    Held now = held.orElseThrow();
    return List.of(namespace.descriptor(), now.namespace().descriptor(), now.alive().number());
  }

  // ---- The process ------------------------------------------------------------------------------

  /** Empty when nobody reads it: there is no process. */
  private Optional<Fd> openAlive() {
    try {
      Path fifo = files.base().resolve("alive");
      int flags = OpenFlags.WRONLY | OpenFlags.NONBLOCK | OpenFlags.NOFOLLOW;
      return Optional.of(FileCalls.open(Fd.CWD, fifo.toString(), flags, 0, 0));
    } catch (SystemCallException e) {
      if (e.errno() == ENXIO || e.errno() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * What the process says of itself.
   *
   * @param holder a process in the namespace
   * @param inode of the namespace
   */
  private record State(long holder, long inode, String trouble) {}

  private Optional<State> state() {
    return AtomicFile.read(files.base().resolve("uplink"))
        .map(b -> new String(b, StandardCharsets.UTF_8).split("\n", -1))
        .filter(lines -> lines.length > 1 && lines[0].matches("\\d+ \\d+ \\d+"))
        .map(
            lines -> {
              String[] numbers = lines[0].split(" ");
              return new State(
                  Long.parseLong(numbers[1]), Long.parseLong(numbers[2]), lines[1].strip());
            });
  }

  private void adopt(Fd alive) {
    boolean done = false;
    try {
      State state = state().orElseThrow();
      hold(alive, NetworkNamespace.open(namespaceOf(state.holder()), calls));
      done = true;
    } finally {
      if (!done) {
        alive.close();
      }
    }
  }

  private void hold(Fd alive, NetworkNamespace namespace) {
    held = Optional.of(new Held(alive, namespace, BridgeDriver.within(engine, namespace)));
  }

  private static Path namespaceOf(long process) {
    return Path.of("/proc/" + process + "/ns/net");
  }

  private void start() {
    NetworkNamespace namespace =
        held.map(Held::namespace).or(this::survivor).orElseGet(this::makeNamespace);
    boolean done = held.isPresent();
    try (UplinkStarter.Started started =
        starter.start(files.base(), commands(), namespace.descriptor())) {
      Fd alive = openAlive().orElseThrow();
      if (held.isPresent()) {
        alive.close(); // the same fifo as before
      } else {
        hold(alive, namespace);
        done = true;
      }
      started.awaitConnected();
    } finally {
      if (!done) {
        namespace.close();
      }
    }
  }

  private NetworkNamespace makeNamespace() {
    NetworkNamespace namespace = NetworkNamespace.create(calls);
    namespace.route().linkUp("lo");
    return namespace;
  }

  /** The process was killed, but the monitors of containers have the namespace yet. */
  private Optional<NetworkNamespace> survivor() {
    Optional<State> last = state();
    if (last.isEmpty()) {
      return Optional.empty();
    }
    String name = "net:[" + last.get().inode() + "]";
    return files.all().stream()
        .flatMap(network -> files.members(network).stream())
        .flatMap(member -> descriptorsOf(files.ownerDirectory(member.owner())))
        .filter(link -> leadsTo(link, name))
        .findFirst()
        .map(link -> NetworkNamespace.open(link, calls));
  }

  private static Stream<Path> descriptorsOf(Path container) {
    try {
      String pid = Files.readString(container.resolve("monitor")).split(" ")[0].strip();
      return NetworkFiles.list(Path.of("/proc", pid, "fd")).stream()
          .map(fd -> Path.of("/proc", pid, "fd", fd));
    } catch (IOException | RuntimeException e) {
      return Stream.empty(); // it has ended
    }
  }

  private static boolean leadsTo(Path link, String name) {
    try {
      return Files.readSymbolicLink(link).toString().equals(name);
    } catch (IOException e) {
      return false;
    }
  }

  // ---- Programs ---------------------------------------------------------------------------------

  /** pasta first: it hands connections on with far less copying. */
  private static List<List<String>> commands() {
    Cidr subnet = freeSubnet();
    String own = Cidr.text(subnet.nth(OWN_HOST));
    String gateway = Cidr.text(subnet.nth(2));
    List<List<String>> all = new ArrayList<>();
    // Neither lets containers reach what listens at the host's loopback addresses.
    Programs.find("pasta")
        .ifPresent(
            p ->
                all.add(
                    List.of(
                        (p
                                + " -f -q --config-net --no-map-gw -t none -u none -T none -U none -I "
                                + DEVICE
                                + " -a "
                                + own
                                + " -n "
                                + subnet.prefix()
                                + " -g "
                                + gateway
                                + " --netns NAMESPACE")
                            .split(" "))));
    Programs.find("slirp4netns")
        .ifPresent(
            p ->
                all.add(
                    List.of(
                        (p
                                + " -c -m 65520 --disable-host-loopback --enable-sandbox"
                                + " --enable-seccomp --netns-type=path --cidr="
                                + subnet
                                + " NAMESPACE "
                                + DEVICE)
                            .split(" "))));
    return all;
  }

  /** One through which this host reaches nobody. */
  private static Cidr freeSubnet() {
    List<Cidr> all = SUBNETS.stream().map(Cidr::parse).toList();
    List<Cidr> used = usedByHost();
    return all.stream()
        .filter(s -> used.stream().noneMatch(s::overlaps))
        .findFirst()
        .orElse(all.get(0));
  }

  /** The subnets that the host itself reaches. */
  static List<Cidr> usedByHost() {
    try (RouteSocket host = new RouteSocket()) {
      return host.routes().stream().map(r -> r.destination()).filter(c -> c.prefix() > 0).toList();
    }
  }

  @Override
  public synchronized void close() {
    held.ifPresent(
        h -> {
          h.driver().close();
          h.alive().close();
          awaitEnd();
        });
    held = Optional.empty();
  }

  /** Of the process, if nobody else needs it, as whoever closes an engine may remove its files. */
  private void awaitEnd() {
    for (int i = 0; i < END_TRIES && state().isPresent() && !hasMembers(); i++) {
      try {
        Thread.sleep(END_PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private boolean hasMembers() {
    return files.all().stream().anyMatch(n -> files.hasMembers(n.id()));
  }
}
