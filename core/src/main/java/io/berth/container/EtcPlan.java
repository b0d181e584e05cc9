package io.berth.container;

import io.berth.api.SandboxSpec;
import io.berth.error.ConflictException;
import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.net.EtcFiles;
import io.berth.net.HostEntry;
import io.berth.net.ResolvConf;
import io.berth.network.Reach;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes the files that Docker puts into /etc to a container's directory. */
final class EtcPlan {
  private static final String RESOLVER = "127.0.0.11";
  private static final String HOST_GATEWAY = "host-gateway";
  private static final int MOST = 1 << 20;

  private EtcPlan() {}

  /** What it writes into a container's directory. */
  static final List<String> FILES = List.of("resolv.conf", "hostname", "hosts");

  /**
   * @param likeIn the directory of the container whose network it shares, and so its names
   */
  static void write(Path directory, SandboxSpec sandbox, Reach reach, Optional<Path> likeIn) {
    try {
      Files.writeString(directory.resolve("hostname"), sandbox.hostname() + "\n");
      if (likeIn.isPresent()) {
        for (String name : List.of("hosts", "resolv.conf")) {
          Files.write(directory.resolve(name), read(likeIn.get().resolve(name)));
        }
        return;
      }
      rewrite(directory, sandbox, reach);
    } catch (IOException e) {
      throw new StorageException("Cannot write the files for /etc in " + directory + ": " + e, e);
    }
  }

  /** The other container may have written there what it likes, and as much. */
  private static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MOST + 1);
      if (content.length > MOST) {
        throw new ConflictException(
            "The container whose network is shared has filled its /etc/"
                + file.getFileName()
                + " with more than "
                + MOST
                + " bytes: start it anew, or share another's");
      }
      return content;
    }
  }

  /** Changes the files of a container that may be running: in place, as they are mounted there. */
  static void rewrite(Path directory, SandboxSpec sandbox, Reach reach) {
    try {
      String host = hostFile("resolv.conf");
      List<HostEntry> extra = new ArrayList<>();
      reach.linked().forEach(l -> extra.add(l.entry()));
      sandbox.extraHosts().stream()
          .flatMap(e -> entry(e, sandbox, reach).stream())
          .forEach(extra::add);
      EtcFiles files =
          sandbox.network().isHost()
              ? EtcFiles.ofHost(sandbox.hostname(), hostFile("hosts"), extra, host)
              : EtcFiles.isolated(fullName(sandbox), reach.addresses(), extra, host);
      Files.writeString(directory.resolve("hosts"), files.hosts());
      Files.writeString(directory.resolve("resolv.conf"), resolvConf(files, sandbox, reach));
    } catch (IOException e) {
      throw new StorageException("Cannot write the files for /etc in " + directory + ": " + e, e);
    }
  }

  private static String fullName(SandboxSpec sandbox) {
    return sandbox.hostname() + sandbox.domainname().map(d -> "." + d).orElse("");
  }

  private static String resolvConf(EtcFiles files, SandboxSpec sandbox, Reach reach) {
    ResolvConf found = ResolvConf.parse(files.resolvConf());
    return new ResolvConf(
            reach.resolver()
                ? List.of(RESOLVER)
                : sandbox.dns().isEmpty() ? found.nameservers() : sandbox.dns(),
            sandbox.dnsSearch().isEmpty() ? found.search() : sandbox.dnsSearch(),
            sandbox.dnsOptions().isEmpty() ? found.options() : sandbox.dnsOptions(),
            found.others())
        .text();
  }

  /**
   * @throws InvalidInputException when it is not {@code name:address}
   */
  static void check(String entry) {
    if (!addressOf(entry).equals(HOST_GATEWAY)) {
      new HostEntry(addressOf(entry), nameOf(entry));
    }
  }

  /** A line of /etc/hosts; none where there is no way to this host. */
  private static Optional<HostEntry> entry(String text, SandboxSpec sandbox, Reach reach) {
    String address = addressOf(text);
    if (address.equals(HOST_GATEWAY)) {
      address = sandbox.network().isHost() ? "127.0.0.1" : reach.gateway();
    }
    return address.isEmpty() ? Optional.empty() : Optional.of(new HostEntry(address, nameOf(text)));
  }

  private static String nameOf(String entry) {
    int colon = entry.indexOf(':');
    if (colon < 1) {
      throw new InvalidInputException(
          "Invalid extra host \"" + entry + "\": expected NAME:ADDRESS");
    }
    return entry.substring(0, colon);
  }

  private static String addressOf(String entry) {
    return entry.substring(nameOf(entry).length() + 1);
  }

  private static String hostFile(String name) throws IOException {
    Path file = Path.of("/etc", name);
    return Files.exists(file) ? Files.readString(file) : "";
  }
}
