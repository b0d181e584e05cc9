package io.berth.registry.server;

import io.berth.error.StorageException;
import io.berth.layers.BlobStore;
import io.berth.oci.Digest;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** Which repository has which blobs. Content is kept once, for as long as a repository has it. */
final class Repositories {
  private final Path root;
  private final BlobStore blobs;

  /** Held alone while content goes, so that nobody begins to use it just then. */
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  Repositories(Path root, BlobStore blobs) {
    this.root = root;
    this.blobs = blobs;
  }

  BlobStore blobs() {
    return blobs;
  }

  RepositoryFiles files(String repository) {
    return new RepositoryFiles(root, repository);
  }

  /** Runs what makes content and then says who has it. */
  <T> T adding(Supplier<T> action) {
    lock.readLock().lock();
    try {
      return action.get();
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Runs what removes content. */
  <T> T removing(Supplier<T> action) {
    lock.writeLock().lock();
    try {
      return action.get();
    } finally {
      lock.writeLock().unlock();
    }
  }

  boolean hasBlob(String repository, Digest digest) {
    return Files.exists(files(repository).blob(digest));
  }

  /** Whether a repository has a blob, which then stays for a push that counts on it. */
  boolean keepBlob(String repository, Digest digest) {
    return adding(
        () -> {
          boolean found = hasBlob(repository, digest);
          if (found) {
            LinkFiles.mark(files(repository).blob(digest));
          }
          return found;
        });
  }

  /** Makes a draft a blob of a repository. */
  BlobStore.Blob add(String repository, BlobStore.Draft draft, Digest digest) {
    return adding(
        () -> {
          BlobStore.Blob blob = draft.commit(digest);
          LinkFiles.mark(files(repository).blob(digest));
          return blob;
        });
  }

  /** Gives a blob of one repository to another; false when the first does not have it. */
  boolean mount(String from, String to, Digest digest) {
    return adding(
        () -> {
          if (!hasBlob(from, digest)) {
            return false;
          }
          LinkFiles.mark(files(to).blob(digest));
          return true;
        });
  }

  /** Gives a blob that any repository has to another; false when none has it. */
  boolean mountFromAny(String to, Digest digest) {
    return blobs.has(digest) && all().stream().anyMatch(from -> mount(from, to, digest));
  }

  boolean removeBlob(String repository, Digest digest) {
    return removing(
        () -> {
          boolean removed = LinkFiles.delete(files(repository).blob(digest));
          if (removed) {
            removeUnlessUsed(digest);
          }
          return removed;
        });
  }

  /** Removes content that no repository has any more; to be called in {@link #removing}. */
  void removeUnlessUsed(Digest digest) {
    for (String repository : all()) {
      RepositoryFiles files = files(repository);
      if (Files.exists(files.blob(digest)) || Files.exists(files.manifest(digest))) {
        return;
      }
    }
    blobs.remove(digest);
  }

  boolean exists(String repository) {
    return Files.isDirectory(files(repository).manifests());
  }

  /** The repositories with manifests, sorted. */
  List<String> names() {
    return all().stream().filter(this::exists).sorted().toList();
  }

  /** All directories that may be repositories. */
  List<String> all() {
    List<String> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
              if (dir.getFileName().toString().startsWith("_")) {
                return FileVisitResult.SKIP_SUBTREE;
              }
              if (!dir.equals(root)) {
                found.add(root.relativize(dir).toString());
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new StorageException("Cannot list " + root + ": " + e.getMessage(), e);
    }
    return found;
  }
}
