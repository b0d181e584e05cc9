package io.berth.network;

import io.berth.linux.FileLock;
import java.nio.file.Path;

/**
 * Who works on the networks of a data directory: many at once that start and connect containers, or
 * one that makes and removes networks and sweeps. Whoever waits for the lock holds a second one,
 * the turn, so that many short holders do not keep out the one that wants it alone.
 */
final class NetworkLock {
  private final Path lock;
  private final Path turn;

  NetworkLock(Path directory) {
    this.lock = directory.resolve("lock");
    this.turn = directory.resolve("turn");
  }

  FileLock shared() {
    try (FileLock first = FileLock.exclusive(turn)) {
      return FileLock.shared(lock);
    }
  }

  FileLock exclusive() {
    try (FileLock first = FileLock.exclusive(turn)) {
      return FileLock.exclusive(lock);
    }
  }
}
