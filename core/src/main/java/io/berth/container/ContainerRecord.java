package io.berth.container;

import io.berth.linux.FileLock;
import java.nio.file.Path;
import java.util.Optional;

/** What is kept of one container on disk, which other engines may change too. Thread-safe. */
final class ContainerRecord {
  private final String id;
  private final ContainerFiles files;
  private volatile ContainerConfig config;

  ContainerRecord(ContainerConfig config, ContainerFiles files) {
    this.id = config.id();
    this.config = config;
    this.files = files;
  }

  String id() {
    return id;
  }

  /** As it was read or written last. */
  ContainerConfig config() {
    return config;
  }

  String name() {
    return config.name();
  }

  Path directory() {
    return files.directory(id);
  }

  /** Takes over what another engine may have changed. */
  void refresh(ContainerConfig now) {
    config = now;
  }

  void update(ContainerConfig to) {
    files.update(to);
    config = to;
  }

  void rename(String name) {
    ContainerConfig to = config.named(name);
    files.rename(config, to);
    config = to;
  }

  /** Says so when it is gone. */
  void require() {
    files.require(config);
  }

  boolean isGone() {
    return files.config(id).isEmpty();
  }

  FileLock lock() {
    return files.lock(config);
  }

  /** Empty when it is gone. */
  Optional<FileLock> tryToLock() {
    return files.tryToLock(config);
  }

  void remove() {
    files.remove(config);
  }
}
