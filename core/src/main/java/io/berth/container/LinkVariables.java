package io.berth.container;

import io.berth.error.StorageException;
import io.berth.network.Reach;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The variables by which a container in the default network finds the ports and the environment of
 * those that it is linked to, as Docker has them: {@code DB_NAME}, {@code DB_PORT}, {@code
 * DB_PORT_5432_TCP_ADDR}, {@code DB_ENV_PGDATA}.
 */
final class LinkVariables {
  private static final List<String> PASSED_OVER = List.of("HOME", "HOSTNAME", "PATH");

  private LinkVariables() {}

  /**
   * @param name of the container that has the link
   * @param containers the directory of all
   */
  static List<String> of(String name, List<Reach.Linked> linked, Path containers) {
    List<String> all = new ArrayList<>();
    for (Reach.Linked link : linked) {
      Path file = containers.resolve(link.containerId()).resolve("config.json");
      try {
        all.addAll(of(name, link, ContainerConfig.parse(Files.readAllBytes(file))));
      } catch (NoSuchFileException e) {
        // It was removed in this moment, and its address leads nowhere.
      } catch (IOException e) {
        throw new StorageException("Cannot read " + file + ": " + e, e);
      }
    }
    return all;
  }

  /** A port such as {@code 80/tcp}. */
  private record Port(int number, String protocol) {
    static Port parse(String text) {
      String[] parts = text.split("/");
      return new Port(Integer.parseInt(parts[0]), parts.length > 1 ? parts[1] : "tcp");
    }
  }

  private static List<String> of(String name, Reach.Linked link, ContainerConfig target) {
    String prefix = link.alias().toUpperCase(Locale.ROOT).replace('-', '_');
    String address = link.entry().address();
    List<Port> ports =
        target.spec().exposedPorts().stream()
            .map(Port::parse)
            .sorted(Comparator.comparing(Port::number).thenComparing(Port::protocol))
            .toList();
    List<String> all = new ArrayList<>();
    if (!ports.isEmpty()) {
      all.add(prefix + "_PORT=" + url(ports.get(0), address));
    }
    for (Port port : ports) {
      String protocol = port.protocol().toUpperCase(Locale.ROOT);
      String variable = prefix + "_PORT_" + port.number() + "_" + protocol;
      all.add(variable + "=" + url(port, address));
      all.add(variable + "_ADDR=" + address);
      all.add(variable + "_PORT=" + port.number());
      all.add(variable + "_PROTO=" + port.protocol());
    }
    all.add(prefix + "_NAME=/" + name + "/" + link.alias());
    for (String variable : target.spec().process().env()) {
      String key = key(variable);
      if (variable.length() > key.length() && !PASSED_OVER.contains(key)) {
        all.add(prefix + "_ENV_" + variable);
      }
    }
    return all;
  }

  private static String url(Port port, String address) {
    return port.protocol() + "://" + address + ":" + port.number();
  }

  static String key(String variable) {
    int end = variable.indexOf('=');
    return end < 0 ? variable : variable.substring(0, end);
  }

  /** Adds variables to an environment that does not say otherwise. */
  static void addTo(List<String> env, List<String> variables) {
    List<String> said = env.stream().map(LinkVariables::key).toList();
    variables.stream().filter(v -> !said.contains(key(v))).forEach(env::add);
  }
}
