package io.berth.image;

import io.berth.error.ConflictException;
import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import io.berth.json.Json;
import io.berth.json.JsonWriter;
import io.berth.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Images that were built for several platforms at once. One of them, the leader, has the names, and
 * a file here that lists all of them; what goes out by such a name is an index of all.
 */
final class Variants {
  private final Path directory;
  private final Predicate<Digest> present;

  /**
   * @param present whether an image is in the store
   */
  Variants(Path directory, Predicate<Digest> present) {
    this.directory = directory;
    this.present = present;
    AtomicFile.removeLeftovers(directory);
  }

  /** The images that a leader stands for, itself among them; none for an image that is alone. */
  List<Variant> of(Digest leader) {
    Path file = file(leader);
    return AtomicFile.read(file)
        .map(bytes -> Json.parse(file.toString(), bytes).list("images", Variant::read))
        .orElse(List.of());
  }

  /** Sets them; fewer than two make it an image that is alone. */
  void set(Digest leader, List<Variant> all) {
    if (all.size() < 2) {
      AtomicFile.delete(file(leader));
    } else {
      AtomicFile.write(
          file(leader), new JsonWriter().list("images", all, Variant::toNode).toBytes());
    }
  }

  /** The images that are there for a leader's sake, and their leader. */
  Map<Digest, Digest> followers() {
    Map<Digest, Digest> followers = new HashMap<>();
    for (Digest leader : leaders()) {
      if (present.test(leader)) {
        of(leader).forEach(variant -> followers.put(variant.image(), leader));
        followers.remove(leader);
      }
    }
    return followers;
  }

  /** Refuses to take away an image without which another would be incomplete. */
  void checkFree(String name, Digest image) {
    Digest leader = followers().get(image);
    if (leader != null) {
      throw new ConflictException(
          "Cannot remove image "
              + name
              + ": it belongs to the image "
              + leader.shortHex()
              + ", which is for several platforms; remove that");
    }
  }

  /** Forgets what leaders stood for that are gone, such as when a process was killed. */
  void forgetLost() {
    leaders().stream().filter(present.negate()).map(this::file).forEach(AtomicFile::delete);
  }

  private List<Digest> leaders() {
    String prefix = Digest.SHA256 + "-";
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith(prefix))
          .map(name -> new Digest(Digest.SHA256, name.substring(prefix.length())))
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new StorageException("Cannot list " + directory + ": " + e, e);
    }
  }

  private Path file(Digest leader) {
    return directory.resolve(leader.algorithm() + "-" + leader.hex());
  }
}
