package io.berth.container;

import io.berth.api.SandboxSpec;
import io.berth.error.InvalidInputException;
import io.berth.error.StorageException;
import io.berth.net.EtcFiles;
import io.berth.net.HostEntry;
import io.berth.net.ResolvConf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes the files that Docker puts into /etc to a container's directory. */
final class EtcPlan {
  private EtcPlan() {}

  static void write(Path directory, SandboxSpec sandbox) {
    try {
      String host = hostFile("resolv.conf");
      List<HostEntry> extra = sandbox.extraHosts().stream().map(EtcPlan::entry).toList();
      EtcFiles files =
          sandbox.network().isHost()
              ? EtcFiles.ofHost(sandbox.hostname(), hostFile("hosts"), extra, host)
              : EtcFiles.isolated(fullName(sandbox), List.of(), extra, host);
      Files.writeString(directory.resolve("hosts"), files.hosts());
      Files.writeString(directory.resolve("hostname"), sandbox.hostname() + "\n");
      Files.writeString(directory.resolve("resolv.conf"), resolvConf(files, sandbox));
    } catch (IOException e) {
      throw new StorageException("Cannot write the files for /etc in " + directory + ": " + e, e);
    }
  }

  private static String fullName(SandboxSpec sandbox) {
    return sandbox.hostname() + sandbox.domainname().map(d -> "." + d).orElse("");
  }

  private static String resolvConf(EtcFiles files, SandboxSpec sandbox) {
    ResolvConf found = ResolvConf.parse(files.resolvConf());
    return new ResolvConf(
            sandbox.dns().isEmpty() ? found.nameservers() : sandbox.dns(),
            sandbox.dnsSearch().isEmpty() ? found.search() : sandbox.dnsSearch(),
            sandbox.dnsOptions().isEmpty() ? found.options() : sandbox.dnsOptions(),
            found.others())
        .text();
  }

  /** A line of /etc/hosts from {@code name:address}. */
  static HostEntry entry(String text) {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new InvalidInputException("Invalid extra host \"" + text + "\": expected NAME:ADDRESS");
    }
    return new HostEntry(text.substring(colon + 1), text.substring(0, colon));
  }

  private static String hostFile(String name) throws IOException {
    Path file = Path.of("/etc", name);
    return Files.exists(file) ? Files.readString(file) : "";
  }
}
