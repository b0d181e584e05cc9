package io.berth.network;

import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import io.berth.net.Cidr;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where networks are on disk; see the package. */
final class NetworkFiles {
  // As file names, so nothing that is a path or begins with a dot.
  private static final Pattern NAME = Pattern.compile("[a-z0-9_][a-z0-9_.-]{0,252}");
  private static final int ATTEMPTS = 100;

  private final Path data;
  private final Path networks;

  NetworkFiles(Path dataDirectory) {
    this.data = dataDirectory;
    this.networks = dataDirectory.resolve("networks");
    makeDirectories(networks);
  }

  static void makeDirectories(Path directory) {
    try {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new StorageException("Cannot make " + directory + ": " + e, e);
    }
  }

  /** The data directory. */
  Path data() {
    return data;
  }

  Path base() {
    return networks;
  }

  Path directory(String id) {
    return networks.resolve(id);
  }

  private Path addresses(String id) {
    return directory(id).resolve("addresses");
  }

  private Path names(String id) {
    return directory(id).resolve("names");
  }

  private Path members(String id) {
    return directory(id).resolve("members");
  }

  /** Eight hexadecimal digits that are this data directory's alone, and stay. */
  String engine() {
    Path file = networks.resolve("engine");
    for (int attempt = 0; ; attempt++) {
      Optional<byte[]> there = AtomicFile.read(file);
      if (there.isPresent() && there.get().length == 8) {
        return new String(there.get(), StandardCharsets.UTF_8);
      }
      if (attempt == ATTEMPTS) {
        throw new StorageException("Cannot read " + file + ": it has no name of 8 digits");
      }
      byte[] random = new byte[4];
      new SecureRandom().nextBytes(random);
      try {
        Path fresh = networks.resolve("engine." + HexFormat.of().formatHex(random));
        Files.writeString(fresh, HexFormat.of().formatHex(random));
        try {
          Files.createLink(file, fresh); // of two engines that do this at once, one is first
        } catch (FileAlreadyExistsException e) {
          // Read on.
        } finally {
          Files.delete(fresh);
        }
      } catch (IOException e) {
        throw new StorageException("Cannot write " + file + ": " + e, e);
      }
    }
  }

  // ---- Networks ---------------------------------------------------------------------------------

  List<NetworkConfig> all() {
    List<NetworkConfig> all = new ArrayList<>();
    for (String name : list(networks)) {
      if (name.length() == 64) {
        read(name).ifPresent(all::add);
      }
    }
    all.sort(Comparator.comparing(NetworkConfig::name));
    return all;
  }

  Optional<NetworkConfig> read(String id) {
    return AtomicFile.read(directory(id).resolve("network.json")).map(NetworkConfig::parse);
  }

  void write(NetworkConfig network) {
    Path directory = directory(network.id());
    for (Path part : List.of(addresses(network.id()), names(network.id()), members(network.id()))) {
      makeDirectories(part);
    }
    AtomicFile.write(directory.resolve("network.json"), network.toBytes());
  }

  void remove(String id) {
    AtomicFile.delete(directory(id).resolve("network.json"));
    deleteTree(directory(id));
  }

  /** Directories of networks that were being made or removed when an engine was killed. */
  void removeLeftovers() {
    for (String name : list(networks)) {
      Path directory = networks.resolve(name);
      if (name.length() == 64 && !Files.exists(directory.resolve("network.json"))) {
        deleteTree(directory);
      }
    }
  }

  // ---- Addresses --------------------------------------------------------------------------------

  List<String> leased(String id) {
    return list(addresses(id));
  }

  /**
   * Takes an address; false when somebody has it.
   *
   * @param owner a directory below the data directory
   * @param name what the address is looked up as; may be empty
   */
  boolean lease(String id, InetAddress address, String owner, String name) {
    Path file = addresses(id).resolve(Cidr.text(address));
    try {
      Files.writeString(file, owner + "\n" + name + "\n", StandardOpenOption.CREATE_NEW);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw new StorageException("Cannot write " + file + ": " + e, e);
    }
  }

  /** Whose an address is. */
  Optional<String> owner(String id, String address) {
    return AtomicFile.read(addresses(id).resolve(address))
        .map(b -> new String(b, StandardCharsets.UTF_8).lines().findFirst().orElse(""));
  }

  void release(String id, String address) {
    delete(addresses(id).resolve(address));
  }

  // ---- Members ----------------------------------------------------------------------------------

  List<Member> members(NetworkConfig network) {
    List<Member> all = new ArrayList<>();
    for (String name : list(members(network.id()))) {
      member(network.id(), name).ifPresent(all::add);
    }
    return all;
  }

  Optional<Member> member(String network, String containerId) {
    return containerId.startsWith(".")
        ? Optional.empty()
        : AtomicFile.read(members(network).resolve(containerId)).map(Member::parse);
  }

  /** The ids of the networks that a container is in. */
  List<String> networksOf(String containerId) {
    return list(networks).stream()
        .filter(n -> n.length() == 64 && Files.exists(members(n).resolve(containerId)))
        .toList();
  }

  boolean hasMembers(String network) {
    return !list(members(network)).isEmpty();
  }

  void write(String network, Member member) {
    Path file = members(network).resolve(member.containerId());
    Path fresh = members(network).resolve("." + member.containerId());
    try {
      Files.write(fresh, member.toBytes());
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new StorageException("Cannot write " + file + ": " + e, e);
    }
  }

  /** Has its neighbours find a member by its names. */
  void publishNames(String network, Member member) {
    for (String name : lookedUp(member)) {
      for (String address : member.addresses()) {
        addName(names(network).resolve(name), address);
      }
    }
  }

  private static List<String> lookedUp(Member member) {
    return member.names().stream()
        .map(n -> n.toLowerCase(Locale.ROOT))
        .filter(n -> NAME.matcher(n).matches())
        .distinct()
        .toList();
  }

  private static void addName(Path directory, String address) {
    try {
      for (int attempt = 0; ; attempt++) {
        Files.createDirectories(directory);
        try {
          Files.write(directory.resolve(address), new byte[0]);
          return;
        } catch (NoSuchFileException e) { // removed by the last of that name, who is leaving
          if (attempt == ATTEMPTS) {
            throw e;
          }
        }
      }
    } catch (IOException e) {
      throw new StorageException("Cannot write in " + directory + ": " + e, e);
    }
  }

  /** What is to be deleted when a member leaves, in this order. */
  List<Path> filesOf(String network, Member member) {
    List<Path> files = new ArrayList<>();
    for (String name : lookedUp(member)) {
      for (String address : member.addresses()) {
        files.add(names(network).resolve(name).resolve(address));
      }
      files.add(names(network).resolve(name));
    }
    files.add(members(network).resolve(member.containerId()));
    // The addresses last: nobody may get one while anything leads to it.
    member.addresses().forEach(a -> files.add(addresses(network).resolve(a)));
    return files;
  }

  void remove(String network, Member member) {
    filesOf(network, member).forEach(NetworkFiles::delete);
  }

  // ---- Files ------------------------------------------------------------------------------------

  /** Its directory, as members say it. */
  String owner(Path directory) {
    return data.relativize(directory).toString();
  }

  Path ownerDirectory(String owner) {
    return data.resolve(owner);
  }

  static List<String> list(Path directory) {
    try (Stream<Path> all = Files.list(directory)) {
      return all.map(p -> p.getFileName().toString()).filter(n -> !n.startsWith(".")).toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new StorageException("Cannot list " + directory + ": " + e, e);
    }
  }

  static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (DirectoryNotEmptyException e) {
      // Others have the name too.
    } catch (IOException e) {
      throw new StorageException("Cannot remove " + path + ": " + e, e);
    }
  }

  static void deleteTree(Path directory) {
    try (Stream<Path> all = Files.walk(directory)) {
      all.sorted(Comparator.reverseOrder()).forEach(NetworkFiles::delete);
    } catch (NoSuchFileException e) {
      // Gone already.
    } catch (IOException e) {
      throw new StorageException("Cannot remove " + directory + ": " + e, e);
    }
  }
}
