package io.berth.network;

import io.berth.net.linux.NetworkNamespace;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a container that is being started has of networks. Its namespace and the ports of the host
 * are held here until its monitor has them: then it is closed; when there is no monitor, undone.
 */
public final class Connection implements AutoCloseable {
  private final Optional<NetworkHost.Held> held;
  private final Optional<NetworkNamespace> namespace;
  private final List<Integer> passed;
  private final HostPorts ports;
  private final Reach reach;
  private final List<String> warnings;
  private final Runnable undo;

  Connection(
      Optional<NetworkHost.Held> held,
      Optional<NetworkNamespace> namespace,
      List<Integer> passed,
      HostPorts ports,
      Reach reach,
      List<String> warnings,
      Runnable undo) {
    this.held = held;
    this.namespace = namespace;
    this.passed = List.copyOf(passed);
    this.ports = ports;
    this.reach = reach;
    this.warnings = List.copyOf(warnings);
    this.undo = undo;
  }

  /** Of a container without a network of its own. */
  public static Connection none(List<String> warnings) {
    return new Connection(
        Optional.empty(),
        Optional.empty(),
        List.of(),
        HostPorts.none(),
        Reach.NONE,
        warnings,
        () -> {});
  }

  /**
   * The file of its namespace; empty where it is made with the container, or is another's. An empty
   * path where the namespace is passed on.
   */
  public Optional<Path> namespace() {
    return namespace.map(n -> passed.isEmpty() ? n.path() : Path.of(""));
  }

  /** Namespaces that its monitor gets; see {@link Ground#passed}. */
  public List<Integer> passed() {
    return passed;
  }

  /** Sockets that its monitor is to hold. */
  public List<Integer> sockets() {
    return ports.descriptors();
  }

  public Reach reach() {
    return reach;
  }

  /** What does not work as asked. */
  public List<String> warnings() {
    return warnings;
  }

  /** Takes everything back, as the container was not started. */
  public void undo() {
    undo.run();
  }

  @Override
  public void close() {
    ports.close();
    namespace.ifPresent(NetworkNamespace::close);
    held.ifPresent(NetworkHost.Held::close);
  }
}
