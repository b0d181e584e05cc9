package io.berth.registry;

import io.berth.error.InvalidInputException;
import io.berth.error.NotFoundException;
import io.berth.oci.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A blob on its way. When the connection is cut, it goes on where it was, so the reader sees one
 * stream; the digest is the reader's to check.
 */
final class BlobStream extends InputStream {
  private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d+/.*");

  private final EndpointCaller caller;
  private final Repository repository;
  private final Descriptor blob;
  private final Consumer<BlobStream> closed;
  private volatile Response response;
  private volatile boolean cancelled;
  private InputStream body = InputStream.nullInputStream();
  private long position;
  private int failures;

  BlobStream(
      EndpointCaller caller,
      Repository repository,
      Descriptor blob,
      long offset,
      Consumer<BlobStream> closed) {
    this.caller = caller;
    this.repository = repository;
    this.blob = blob;
    this.position = offset;
    this.closed = closed;
    open();
  }

  private String what() {
    return "pull " + blob.digest() + " of " + repository;
  }

  private void open() {
    if (position == blob.size() && position > 0) {
      return;
    }
    Call call =
        new Call(
            "GET",
            repository.target("blobs", blob.digest()),
            what(),
            Call.pullScope(repository.path()),
            200,
            206);
    if (position > 0) {
      call = call.header("Range", "bytes=" + position + "-");
    }
    Response opened = caller.call(repository.endpoint(), call);
    try {
      check(opened);
      body = opened.body();
      if (opened.status() == 200) {
        // It cannot resume: what we have is read again.
        body.skipNBytes(position);
      }
      response = opened;
    } catch (IOException | RuntimeException e) {
      opened.close();
      if (e instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new RegistryException("Cannot " + what() + ": " + e.getMessage(), e);
    }
    if (cancelled) {
      opened.abort();
    }
  }

  private void check(Response opened) {
    if (opened.status() == 206) {
      Matcher range = CONTENT_RANGE.matcher(opened.header("Content-Range").orElse(""));
      if (!range.matches() || Long.parseLong(range.group(1)) != position) {
        throw new RegistryException(
            "Cannot "
                + what()
                + ": asked for bytes from "
                + position
                + ", got "
                + opened.header("Content-Range").orElse("no Content-Range"),
            206);
      }
    }
    long expected = opened.status() == 206 ? blob.size() - position : blob.size();
    if (opened.length().isPresent() && opened.length().getAsLong() != expected) {
      throw new InvalidInputException(
          "Cannot "
              + what()
              + ": expected "
              + expected
              + " bytes, the registry has "
              + opened.length().getAsLong());
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      try {
        int n = body.read(bytes, offset, length);
        if (n > 0) {
          position += n;
          failures = 0;
          return n;
        }
        if (position >= blob.size()) {
          return -1;
        }
        // Without a length, only the descriptor tells that this was not all.
        resume(new IOException("the connection ended after " + position + " bytes"));
      } catch (IOException e) {
        if (position >= blob.size()) {
          return -1;
        }
        resume(e);
      }
    }
  }

  private void resume(IOException why) throws IOException {
    close(response);
    failures++;
    if (cancelled) {
      throw new IOException("Cancelled: " + what(), why);
    }
    if (failures >= caller.retries().attempts()) {
      throw new IOException(
          "Cannot " + what() + ": cut after " + position + " of " + blob.size() + " bytes", why);
    }
    caller.retries().pause(what(), why, failures);
    try {
      open();
    } catch (NotFoundException e) {
      throw new IOException("Cannot " + what() + ": it vanished on the way", e);
    }
  }

  /** Ends it from another thread: a blocked read fails. */
  void cancel() {
    cancelled = true;
    Response current = response;
    if (current != null) {
      current.abort();
    }
  }

  private static void close(Response response) {
    if (response != null) {
      response.close();
    }
  }

  @Override
  public void close() {
    Response current = response;
    if (current != null) {
      if (position == blob.size() && failures == 0) {
        current.finishBody();
      } else {
        current.close();
      }
    }
    closed.accept(this);
  }
}
