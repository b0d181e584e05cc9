package io.berth.image;

import io.berth.error.StorageException;
import io.berth.internal.AtomicFile;
import io.berth.json.Json;
import io.berth.json.JsonWriter;
import io.berth.oci.Digest;
import io.berth.oci.Reference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The names of images: one file that maps full references to image ids, replaced as a whole. Reads
 * need no lock; whoever writes holds the store's lock.
 */
final class ReferenceTable {
  private static final int MAX_BYTES = 64 * 1024 * 1024;

  private final Path file;
  private volatile Loaded loaded = new Loaded(Optional.empty(), Map.of(), Map.of());

  private record Stamp(Object key, FileTime modified, long size) {}

  private record Loaded(
      Optional<Stamp> stamp, Map<String, Digest> names, Map<Digest, List<Reference>> ofImages) {

    static Loaded of(Optional<Stamp> stamp, Map<String, Digest> names) {
      Map<Digest, List<Reference>> ofImages = new HashMap<>();
      names.forEach(
          (name, image) ->
              ofImages.computeIfAbsent(image, i -> new ArrayList<>()).add(Reference.parse(name)));
      ofImages.replaceAll((image, references) -> List.copyOf(references));
      return new Loaded(stamp, Collections.unmodifiableMap(names), ofImages);
    }
  }

  ReferenceTable(Path file) {
    this.file = file;
  }

  Optional<Digest> find(Reference reference) {
    return Optional.ofNullable(names().get(reference.toString()));
  }

  /** The names of an image, sorted. */
  List<Reference> of(Digest image) {
    return loaded().ofImages().getOrDefault(image, List.of());
  }

  /** Whether there is a name with this beginning. */
  boolean anyOf(String prefix) {
    return names().keySet().stream().anyMatch(name -> name.startsWith(prefix));
  }

  void put(Reference reference, Digest image) {
    Map<String, Digest> changed = new TreeMap<>(names());
    if (!image.equals(changed.put(reference.toString(), image))) {
      write(changed);
    }
  }

  void remove(Reference reference) {
    Map<String, Digest> changed = new TreeMap<>(names());
    if (changed.remove(reference.toString()) != null) {
      write(changed);
    }
  }

  private Map<String, Digest> names() {
    return loaded().names();
  }

  private Loaded loaded() {
    Optional<Stamp> stamp = stamp();
    Loaded known = loaded;
    // Every write makes a new inode, so an equal stamp means equal content.
    if (!known.stamp().equals(stamp)) {
      Map<String, Digest> names =
          AtomicFile.read(file)
              .map(
                  bytes ->
                      Json.parse(file.toString(), bytes, MAX_BYTES)
                          .map("references", id -> id.as("an image id", Digest::parse)))
              .orElse(Map.of());
      // When it changed between stamp and read, the stamp is too old, and the next call reads
      // again.
      known = Loaded.of(stamp, names);
      loaded = known;
    }
    return known;
  }

  private void write(Map<String, Digest> names) {
    Map<String, String> texts = new TreeMap<>();
    names.forEach((name, id) -> texts.put(name, id.toString()));
    AtomicFile.write(file, new JsonWriter().strings("references", texts).toBytes());
  }

  private Optional<Stamp> stamp() {
    try {
      BasicFileAttributes stat = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(new Stamp(stat.fileKey(), stat.lastModifiedTime(), stat.size()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StorageException("Cannot look at " + file + ": " + e, e);
    }
  }
}
