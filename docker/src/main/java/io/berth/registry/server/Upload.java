package io.berth.registry.server;

import io.berth.error.InvalidInputException;
import io.berth.layers.BlobStore;
import io.berth.oci.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;

/** A blob on its way in, over one request or several. */
final class Upload implements AutoCloseable {
  private static final int BUFFER = 256 << 10;

  private final String id;
  private final String repository;
  private final BlobStore.Draft draft;
  private final long maxSize;
  private final ReentrantLock busy = new ReentrantLock();
  private volatile Instant touched;

  Upload(String id, String repository, BlobStore.Draft draft, long maxSize, Instant now) {
    this.id = id;
    this.repository = repository;
    this.draft = draft;
    this.maxSize = maxSize;
    this.touched = now;
  }

  String id() {
    return id;
  }

  String repository() {
    return repository;
  }

  long size() {
    return draft.size();
  }

  boolean idleSince(Instant limit) {
    return touched.isBefore(limit) && !busy.isLocked();
  }

  /** Begins a request that writes; {@link #leave} ends it. */
  void enter() {
    if (!busy.tryLock()) {
      throw RegistryError.uploadBusy(id);
    }
  }

  void leave(Instant now) {
    touched = now;
    busy.unlock();
  }

  /** Adds all of a stream; what came before a cut stays, for the client to go on from there. */
  void append(InputStream body) throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
      if (n > maxSize - draft.size()) {
        throw RegistryError.tooLarge("A blob may have at most " + maxSize + " bytes");
      }
      draft.write(buffer, 0, n);
    }
  }

  BlobStore.Blob commit(Repositories repositories, Digest digest) {
    try {
      return repositories.add(repository, draft, digest);
    } catch (InvalidInputException e) {
      throw RegistryError.digestInvalid(e.getMessage());
    }
  }

  @Override
  public void close() {
    draft.close();
  }
}
