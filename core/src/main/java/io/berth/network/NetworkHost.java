package io.berth.network;

import io.berth.api.NetworkSpec;
import io.berth.api.SubnetSpec;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.linux.FileLock;
import io.berth.net.bridge.BridgeDriver;
import io.berth.net.driver.NetworkDriver;
import io.berth.net.driver.NetworkPlan;
import io.berth.net.driver.SubnetClashException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * The networks of a data directory on this host: which there are, and that what they need is there
 * while containers are in them.
 */
final class NetworkHost implements AutoCloseable {
  private static final int TRIES = 8;

  private final NetworkFiles files;
  private final NetworkLock locks;
  private final NetworkDrivers drivers;
  private final SubnetChoice subnets;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, String> ids = new ConcurrentHashMap<>();
  private final Set<String> warnings = new ConcurrentSkipListSet<>();

  NetworkHost(NetworkFiles files, Ground ground, Clock clock) {
    this.files = files;
    this.locks = new NetworkLock(files.base());
    this.drivers = new NetworkDrivers(files.engine(), files.data(), ground);
    this.subnets = new SubnetChoice(files, new Subnets(drivers::usedByHost));
    this.clock = clock;
  }

  NetworkFiles files() {
    return files;
  }

  NetworkDriver driver(NetworkConfig network) {
    return drivers.get(network.spec().driver());
  }

  /** What does not work on this host, as far as it was tried. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  void warn(List<String> more) {
    warnings.addAll(more);
  }

  // ---- Which there are --------------------------------------------------------------------------

  /** Makes the networks that are always there, and takes away what a crash left. */
  void open() {
    List<NetworkConfig> all = files.all();
    try (FileLock alone = locks.exclusive()) {
      for (String[] fixed :
          new String[][] {
            {NetworkConfig.DEFAULT, BridgeDriver.NAME},
            {"host", NetworkDrivers.HOST},
            {"none", NetworkDrivers.NONE}
          }) {
        if (byName(all, fixed[0]).isEmpty() && byName(files.all(), fixed[0]).isEmpty()) {
          // The subnets are chosen when the first container needs them.
          files.write(newConfig(fixed[0], fixed[1]));
        }
      }
      files.removeLeftovers();
      sweep();
      drivers.removeAbandoned();
    }
  }

  private NetworkConfig newConfig(String name, String driver) {
    return new NetworkConfig(
        newId(),
        name,
        clock.instant(),
        new NetworkSpec(driver, false, false, List.of(), Map.of(), Map.of()),
        true);
  }

  private String newId() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static Optional<NetworkConfig> byName(List<NetworkConfig> all, String name) {
    return all.stream().filter(n -> n.name().equals(name)).findFirst();
  }

  Optional<NetworkConfig> find(String name) {
    Optional<NetworkConfig> known =
        Optional.ofNullable(ids.get(name)).flatMap(files::read).filter(n -> n.name().equals(name));
    if (known.isPresent()) {
      return known;
    }
    List<NetworkConfig> all = files.all();
    Optional<NetworkConfig> exact = byName(all, name);
    exact.ifPresent(n -> ids.put(name, n.id()));
    if (exact.isPresent() || !name.matches("[0-9a-f]+")) {
      return exact;
    }
    List<NetworkConfig> some = all.stream().filter(n -> n.id().startsWith(name)).toList();
    if (some.size() > 1) {
      throw new InvalidInputException(
          "The id prefix \"" + name + "\" is of " + some.size() + " networks; give more digits");
    }
    return some.stream().findFirst();
  }

  NetworkConfig require(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "No such network: "
                        + name
                        + " (make it with networks().create(\""
                        + name
                        + "\"), or see networks().list())"));
  }

  /** Makes a network, wholly or not at all. */
  NetworkConfig create(String name, NetworkSpec wanted) {
    if (NetworkDrivers.isFixed(wanted.driver())) {
      throw new InvalidInputException(
          "There is one network of the driver " + wanted.driver() + " already, and no other");
    }
    NetworkDriver driver = drivers.get(wanted.driver());
    List<SubnetSpec> given = wanted.subnets().stream().map(Subnets::check).toList();
    try (FileLock alone = locks.exclusive()) {
      if (byName(files.all(), name).isPresent()) {
        throw new ConflictException(
            "A network of the name " + name + " exists already. Remove it, or take another name");
      }
      NetworkConfig network =
          new NetworkConfig(newId(), name, clock.instant(), wanted, given.isEmpty());
      network =
          network.subnets(
              given.isEmpty() || !driver.hasAddresses()
                  ? List.of()
                  : subnets.complete(network, given, true));
      driver.check(network.plan());
      subnets.checkOverlap(given);
      NetworkConfig made = bringUp(network);
      boolean kept = false;
      try {
        files.write(made);
        kept = true;
      } finally {
        if (!kept) {
          driver.down(made.plan());
        }
      }
      return made;
    }
  }

  void remove(NetworkConfig network) {
    if (NetworkDrivers.isFixed(network.spec().driver()) || network.isDefault()) {
      throw new ConflictException(
          "The network " + network.name() + " is always there and cannot be removed");
    }
    try (FileLock alone = locks.exclusive()) {
      sweep();
      List<String> names =
          files.members(network).stream().map(Member::containerName).sorted().toList();
      if (!names.isEmpty()) {
        throw new ConflictException(
            "Network "
                + network.name()
                + " has running containers: "
                + String.join(", ", names)
                + ". Stop or disconnect them first");
      }
      driver(network).down(network.plan());
      files.remove(network.id());
      ids.remove(network.name());
    }
  }

  // ---- Up and down ------------------------------------------------------------------------------

  /** Networks that are up, and stay so while this is open. */
  record Held(FileLock lock, List<NetworkConfig> networks, List<String> warnings)
      implements AutoCloseable {
    @Override
    public void close() {
      lock.close();
    }
  }

  /** Brings up networks, and keeps all that others do to networks away. */
  Held hold(List<String> names) {
    List<String> said = new ArrayList<>();
    for (int attempt = 0; ; attempt++) {
      FileLock shared = locks.shared();
      boolean held = false;
      try {
        List<NetworkConfig> networks = names.stream().map(this::require).toList();
        List<NetworkConfig> down = networks.stream().filter(n -> !isUp(n)).toList();
        if (down.isEmpty()) {
          held = true;
          return new Held(shared, networks, said);
        }
        if (attempt == TRIES) {
          throw new ConflictException(
              "Network " + down.get(0).name() + " is taken down as often as it is brought up");
        }
      } finally {
        if (!held) {
          shared.close();
        }
      }
      try (FileLock alone = locks.exclusive()) {
        for (String name : names) {
          said.addAll(restore(require(name)));
        }
      }
    }
  }

  private boolean isUp(NetworkConfig network) {
    return !lacksSubnets(network) && driver(network).isUp(network.plan());
  }

  private boolean lacksSubnets(NetworkConfig network) {
    return network.spec().subnets().isEmpty() && driver(network).hasAddresses();
  }

  /** Where the firewall was flushed, the other networks are affected too. */
  private List<String> restore(NetworkConfig wanted) {
    if (isUp(wanted)) {
      return List.of();
    }
    List<String> said = new ArrayList<>();
    sweep();
    for (NetworkConfig network : files.all()) {
      if (network.id().equals(wanted.id()) || files.hasMembers(network.id())) {
        NetworkConfig now = bringUp(network);
        if (!now.equals(network)) {
          files.write(now);
        }
        republish(now);
        said.addAll(warnings);
      }
    }
    return said.stream().distinct().toList();
  }

  private void republish(NetworkConfig network) {
    NetworkDriver driver = driver(network);
    for (Member member : files.members(network)) {
      if (!member.forwards().isEmpty() && driver.publishes()) {
        driver.publish(member.forwards());
      }
    }
  }

  /** Its subnets may be chosen only now, or anew. */
  private NetworkConfig bringUp(NetworkConfig network) {
    NetworkConfig now = network;
    for (int attempt = 0; ; attempt++) {
      if (lacksSubnets(now)) {
        now = now.subnets(subnets.complete(now, List.of(), attempt == 0));
      }
      try {
        warn(driver(now).up(now.plan()));
        return now;
      } catch (SubnetClashException e) {
        if (!now.chosen() || attempt == TRIES || files.hasMembers(now.id())) {
          throw e;
        }
        now = now.subnets(List.of());
      }
    }
  }

  /** Takes down what no container needs, and takes away what those left that are gone. */
  void takeDownIdle() {
    try (FileLock alone = locks.exclusive()) {
      sweep();
      for (NetworkConfig network : files.all()) {
        if (!NetworkDrivers.isFixed(network.spec().driver())
            && !lacksSubnets(network)
            && !files.hasMembers(network.id())) {
          driver(network).down(network.plan());
        }
      }
    }
  }

  /** Takes away what containers left whose monitor was killed; held alone. */
  void sweep() {
    Map<String, Boolean> alive = new HashMap<>();
    List<NetworkPlan> plans = new ArrayList<>();
    for (NetworkConfig network : files.all()) {
      if (NetworkDrivers.isFixed(network.spec().driver())) {
        continue;
      }
      plans.add(network.plan());
      for (Member member : files.members(network)) {
        if (!alive.computeIfAbsent(member.owner(), this::lives)) {
          release(network, member);
        }
      }
      for (String address : files.leased(network.id())) {
        String owner = files.owner(network.id(), address).orElse("");
        if (!alive.computeIfAbsent(owner, this::lives)) {
          files.release(network.id(), address);
        }
      }
    }
    drivers.removeStale(plans);
  }

  /** Sweeps as soon as nobody is connecting containers. */
  void sweepAlone() {
    try (FileLock alone = locks.exclusive()) {
      sweep();
    }
  }

  /** Whether the monitor of a container runs. */
  private boolean lives(String owner) {
    Path monitor = files.ownerDirectory(owner).resolve("monitor");
    if (owner.isEmpty() || !Files.exists(monitor)) {
      return false;
    }
    Optional<FileLock> free = FileLock.tryShared(monitor);
    free.ifPresent(FileLock::close);
    return free.isEmpty();
  }

  /** Takes back all that a member has, but for its interface. */
  void release(NetworkConfig network, Member member) {
    if (!member.forwards().isEmpty()) {
      driver(network).unpublish(member.forwards());
    }
    files.remove(network.id(), member);
  }

  @Override
  public void close() {
    takeDownIdle();
    drivers.close();
  }
}
