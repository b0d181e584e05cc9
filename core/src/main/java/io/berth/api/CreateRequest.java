package io.berth.api;

import io.berth.oci.Healthcheck;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What a container is to be; made by {@link Containers#create}. Not thread-safe. */
public interface CreateRequest {
  /** Its name; made up from its id by default. */
  CreateRequest name(String name);

  /** What to run in place of the image's CMD. */
  CreateRequest command(List<String> args);

  /** What to run in place of the image's CMD. */
  default CreateRequest command(String... args) {
    return command(List.of(args));
  }

  /** In place of the image's ENTRYPOINT; the image's CMD is then not used. */
  CreateRequest entrypoint(List<String> args);

  CreateRequest env(String name, String value);

  default CreateRequest env(Map<String, String> values) {
    values.forEach(this::env);
    return this;
  }

  CreateRequest workdir(String path);

  /** {@code user}, {@code uid}, {@code user:group} or {@code uid:gid}. */
  CreateRequest user(String user);

  /** More groups of the user, by name or number. */
  CreateRequest group(String group);

  CreateRequest hostname(String hostname);

  CreateRequest domainname(String domainname);

  /** A line of /etc/hosts; the address {@code host-gateway} is this host's. */
  CreateRequest extraHost(String name, String address);

  /** A name server in place of the host's. */
  CreateRequest dns(String address);

  CreateRequest dnsSearch(String domain);

  CreateRequest dnsOption(String option);

  CreateRequest label(String name, String value);

  /** Something to be found again in {@link ContainerSpec#annotations}. */
  CreateRequest annotation(String name, String value);

  /** The network bridge by default. */
  CreateRequest network(NetworkMode mode);

  /** Connects it to a network; to one more with each call. */
  CreateRequest network(NetworkAttachment attachment);

  /** Connects it to a network; to one more with each call. */
  default CreateRequest network(Network network) {
    return network(NetworkAttachment.to(network.name()));
  }

  /** Another name in the network that was given last. */
  CreateRequest networkAlias(String name);

  /** Its IPv4 address in the network that was given last, of a subnet that this was given. */
  CreateRequest ip(String address);

  /** Its IPv6 address in the network that was given last. */
  CreateRequest ip6(String address);

  /** The Ethernet address of its interface in the network that was given last. */
  CreateRequest mac(String address);

  /** A name that it has for another container, in the network that was given last. */
  CreateRequest link(String container, String alias);

  /** Has a port reached through one of the host's; {@link Container#ports} says which. */
  CreateRequest publish(PublishSpec port);

  /** A TCP port, reached through one of the host's that is free. */
  default CreateRequest publish(int containerPort) {
    return publish(PublishSpec.tcp(containerPort));
  }

  /** A TCP port, reached through one of the host's. */
  default CreateRequest publish(int hostPort, int containerPort) {
    return publish(PublishSpec.tcp(hostPort, containerPort));
  }

  /** Ports in Docker's form, such as {@code 127.0.0.1:8080:80/tcp}. */
  default CreateRequest publish(String ports) {
    PublishSpec.parse(ports).forEach(this::publish);
    return this;
  }

  /** Whether all ports that it exposes are published, at any of the host's that are free. */
  CreateRequest publishAll(boolean all);

  /** Whose process ids it sees. */
  CreateRequest pid(NamespaceMode mode);

  CreateRequest ipc(NamespaceMode mode);

  CreateRequest uts(NamespaceMode mode);

  /** Whose cgroups it sees as the top ones: its own (the default), or the host's. */
  CreateRequest cgroup(NamespaceMode mode);

  /** The group that its cgroups are below, from the top of each tree, such as {@code /batch}. */
  CreateRequest cgroupParent(String path);

  /** Binds a directory or file of the host. */
  CreateRequest bind(Path source, String target, boolean readOnly);

  /**
   * A bind, a volume, an image or a file system in memory.
   *
   * @throws io.berth.error.InvalidInputException when it is not valid, or a bind's source is not
   *     there
   */
  CreateRequest mount(MountSpec mount);

  /** A volume at a path; it is made when it is not there. */
  default CreateRequest volume(String name, String target) {
    return mount(MountSpec.volume(name, target));
  }

  /** The mounts of another container, running or not: {@code NAME}, {@code NAME:ro}. */
  CreateRequest volumesFrom(String container);

  /** The driver of volumes that are made for this container and name none. */
  CreateRequest volumeDriver(String name);

  /**
   * A file system in memory.
   *
   * @param options as mount(8) has them for tmpfs, such as {@code size=64m,mode=1777}; may be empty
   */
  CreateRequest tmpfs(String target, String options);

  /** The size of /dev/shm, as Docker writes it: {@code 128m}; 64 MiB by default. */
  CreateRequest shmSize(String size);

  /** A device of the host. */
  CreateRequest device(DeviceSpec device);

  /** A rule of the devices cgroup, such as {@code c 42:* rmw}. */
  CreateRequest deviceRule(String rule);

  CreateRequest readOnlyRoot(boolean readOnly);

  /** Every capability and device, nothing masked, no seccomp. */
  CreateRequest privileged(boolean privileged);

  CreateRequest noNewPrivileges(boolean on);

  /** Adds a capability to Docker's default ones, such as {@code NET_ADMIN}, or {@code ALL}. */
  CreateRequest capAdd(String capability);

  /** Takes a capability away, or {@code ALL}. */
  CreateRequest capDrop(String capability);

  /** Docker's default seccomp profile (the default), or none. */
  CreateRequest seccomp(boolean on);

  /**
   * A seccomp profile in Docker's JSON format.
   *
   * @throws io.berth.error.InvalidInputException when it is not one
   */
  CreateRequest seccompProfile(String json);

  /** A part of the SELinux label, as {@code type:svirt_t}, or {@code disable}. */
  CreateRequest securityLabel(String label);

  /** An AppArmor profile that the host has loaded, or {@code unconfined}. */
  CreateRequest apparmor(String profile);

  /** Whether the usual paths of /proc and /sys are masked and read-only, as by default. */
  CreateRequest maskPaths(boolean mask);

  /** The most memory it may use, as Docker writes it: {@code 256m}, {@code 1g}, or bytes. */
  CreateRequest memory(String size);

  /** How many CPUs it may use, such as 1.5. */
  CreateRequest cpus(double count);

  /** How many processes and threads it may have. */
  CreateRequest pidsLimit(long count);

  /** All limits at once, in place of those given so far. */
  CreateRequest resources(Resources resources);

  /** How soon the kernel kills it for want of memory, -1000 to 1000. */
  CreateRequest oomScoreAdjust(int value);

  /** A resource limit, such as {@code nofile}; raising one may be refused: then a warning. */
  CreateRequest ulimit(String name, long soft, long hard);

  /** A kernel parameter of its namespaces, such as {@code net.ipv4.ip_forward}. */
  CreateRequest sysctl(String name, String value);

  /** With a terminal rather than pipes. */
  CreateRequest tty(boolean tty);

  /** Whether it has standard input, for those who attach; {@link #stdin} turns it on too. */
  CreateRequest openStdin(boolean open);

  /** What its standard input reads; it ends when the stream ends. None by default. */
  CreateRequest stdin(InputStream in);

  /** Where its output goes as it comes, besides the log. */
  CreateRequest output(OutputStream stdout, OutputStream stderr);

  /** Whether it goes on when this engine closes or its JVM ends; it does not by default. */
  CreateRequest detached(boolean detached);

  /** Whether it is removed once it has ended. */
  CreateRequest autoRemove(boolean remove);

  /** Whether a small init is its process 1, which reaps orphans and passes signals on. */
  CreateRequest init(boolean init);

  /** Whether it is started again when it ends; such a container is a detached one. */
  CreateRequest restart(RestartPolicy policy);

  /** How its output is kept. */
  CreateRequest log(LogOptions options);

  /** In place of the image's health check. */
  CreateRequest healthcheck(Healthcheck healthcheck);

  /** In place of the image's; a name or number. */
  CreateRequest stopSignal(String signal);

  /** How long {@code stop} waits before it kills; ten seconds by default. */
  CreateRequest stopTimeout(Duration timeout);

  /** A port that it listens on, such as {@code 80/tcp}, besides the image's. */
  CreateRequest expose(String port);

  /**
   * Makes the container without starting it.
   *
   * @throws io.berth.error.ConflictException when the name is taken
   */
  Container create();

  /** Makes the container and starts it. */
  default Container start() {
    Container container = create();
    try {
      container.start();
    } catch (RuntimeException e) {
      try {
        container.remove(true);
      } catch (RuntimeException more) {
        // Its engine may have removed it, or be gone.
        e.addSuppressed(more);
      }
      throw e;
    }
    return container;
  }
}
