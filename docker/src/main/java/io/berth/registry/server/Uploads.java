package io.berth.registry.server;

import io.berth.layers.BlobStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The uploads under way. They end with the server: then clients begin anew. */
final class Uploads implements AutoCloseable {
  private static final Duration EXPIRY = Duration.ofHours(1);
  private static final int MAX = 1000;

  private final BlobStore blobs;
  private final long maxSize;
  private final Clock clock;
  private final Map<String, Upload> uploads = new ConcurrentHashMap<>();

  Uploads(BlobStore blobs, long maxSize, Clock clock) {
    this.blobs = blobs;
    this.maxSize = maxSize;
    this.clock = clock;
  }

  Instant now() {
    return clock.instant();
  }

  /** An upload of one request, which closes it. */
  Upload single(String repository) {
    return new Upload(
        UUID.randomUUID().toString(), repository, blobs.draft(), maxSize, clock.instant());
  }

  /** An upload that later requests find by its id. */
  Upload begin(String repository) {
    expire();
    if (uploads.size() >= MAX) {
      throw RegistryError.tooManyUploads(MAX);
    }
    Upload upload = single(repository);
    uploads.put(upload.id(), upload);
    return upload;
  }

  Upload get(String repository, String id) {
    Upload upload = uploads.get(id);
    if (upload == null || !upload.repository().equals(repository)) {
      throw RegistryError.uploadUnknown(id);
    }
    return upload;
  }

  /** Forgets an upload; its content goes, unless it was committed. */
  void end(Upload upload) {
    uploads.remove(upload.id());
    upload.close();
  }

  private void expire() {
    Instant limit = clock.instant().minus(EXPIRY);
    uploads.values().stream().filter(each -> each.idleSince(limit)).forEach(this::end);
  }

  @Override
  public void close() {
    uploads.values().forEach(this::end);
  }
}
