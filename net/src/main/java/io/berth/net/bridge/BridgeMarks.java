package io.berth.net.bridge;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.berth.net.driver.NetworkPlan;
import io.berth.net.linux.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The remark on each bridge that says whose it is: the engine, the network, and the engine's data
 * directory. By it engines know their own bridges, and those that nobody is left to remove.
 */
final class BridgeMarks {
  private static final String MARK = "berth ";
  private static final int MOST = 256;

  private final String engine;
  private final Optional<Path> home;

  /**
   * @param home the engine's data directory, where its bridges are not known to go with something
   */
  BridgeMarks(String engine, Optional<Path> home) {
    this.engine = engine;
    this.home = home;
  }

  /** Of a network's bridge; without where the engine is, if there is no room for that. */
  String alias(NetworkPlan network) {
    String where = home.map(h -> " " + h).orElse("");
    String brief = brief(network);
    return (brief + where).getBytes(UTF_8).length < MOST ? brief + where : brief;
  }

  private String brief(NetworkPlan network) {
    return MARK + engine + " " + network.id();
  }

  boolean isOf(Link link, NetworkPlan network) {
    return link.alias().map(a -> (a + " ").startsWith(brief(network) + " ")).orElse(false);
  }

  boolean isOurs(Link link) {
    return engine(link).equals(Optional.of(engine));
  }

  /** Whether it is of another engine whose data directory is not there. */
  boolean isAbandoned(Link link) {
    String[] parts = parts(link);
    return parts.length == 4 && !parts[1].equals(engine) && !isHomeOf(parts[1], parts[3]);
  }

  /** The engine whose bridge it is. */
  static Optional<String> engine(Link link) {
    String[] parts = parts(link);
    return parts.length < 3 ? Optional.empty() : Optional.of(parts[1]);
  }

  private static String[] parts(Link link) {
    return link.alias().filter(a -> a.startsWith(MARK)).orElse("").split(" ", 4);
  }

  private static boolean isHomeOf(String other, String directory) {
    try {
      return Files.readString(Path.of(directory, "networks", "engine")).equals(other);
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      return true; // not for this process to know
    }
  }
}
