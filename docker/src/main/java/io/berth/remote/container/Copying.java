package io.berth.remote.container;

import io.berth.error.BerthException;
import io.berth.error.StorageException;
import io.berth.layers.tar.TarEntry;
import io.berth.layers.tar.TarReader;
import io.berth.layers.tar.TarType;
import io.berth.layers.tar.TarWriter;
import io.berth.remote.call.Api;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** Passes tars on. */
final class Copying {
  private static final int BUFFER = 1 << 18;

  private Copying() {}

  /** Takes a tar. */
  interface Taker {
    void take(InputStream tar) throws IOException;
  }

  /** Tells errors of the connection from those of whoever is written to. */
  static void copy(Api api, InputStream in, OutputStream out) {
    byte[] buffer = new byte[64 << 10];
    while (true) {
      int count;
      try {
        count = in.read(buffer);
      } catch (IOException e) {
        throw api.broken(e);
      }
      if (count < 0) {
        return;
      }
      try {
        out.write(buffer, 0, count);
      } catch (IOException e) {
        throw new StorageException("Cannot write the archive: " + e, e);
      }
    }
  }

  /**
   * Passes a tar on whose entries begin with another name.
   *
   * @param from what the entries of an engine begin with
   */
  static void renamed(Api api, InputStream tar, String from, String to, Taker taker) {
    AtomicReference<IOException> failed = new AtomicReference<>();
    try (PipedInputStream in = new PipedInputStream(BUFFER)) {
      PipedOutputStream out = new PipedOutputStream(in);
      Thread thread =
          new Thread(
              () -> {
                try (out) {
                  rename(tar, from, to, out);
                } catch (IOException | BerthException e) {
                  failed.set(e instanceof IOException io ? io : new IOException(e.getMessage(), e));
                }
              },
              "berth-remote-copy");
      thread.setDaemon(true);
      thread.start();
      try {
        taker.take(in);
        in.transferTo(OutputStream.nullOutputStream());
      } catch (IOException | RuntimeException e) {
        if (failed.get() == null) {
          throw e;
        }
      }
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BerthException("Interrupted while copying", e);
    } catch (IOException e) {
      throw new StorageException("Cannot copy: " + e.getMessage(), e);
    }
    if (failed.get() != null) {
      throw api.broken(failed.get());
    }
  }

  private static void rename(InputStream tar, String from, String to, OutputStream out)
      throws IOException {
    TarReader reader = new TarReader(tar);
    TarWriter writer = new TarWriter(out);
    byte[] buffer = new byte[BUFFER];
    for (Optional<TarEntry> e = reader.next(); e.isPresent(); e = reader.next()) {
      TarEntry entry = e.get();
      boolean hard = entry.type() == TarType.HARD_LINK;
      writer.begin(
          new TarEntry(
              entry.type(),
              name(entry.name(), from, to),
              hard ? name(entry.linkName(), from, to) : entry.linkName(),
              entry.mode(),
              entry.uid(),
              entry.gid(),
              entry.size(),
              entry.mtime(),
              entry.devMajor(),
              entry.devMinor(),
              entry.xattrs(),
              Optional.empty()));
      for (int n = reader.read(buffer, 0, buffer.length);
          n > 0;
          n = reader.read(buffer, 0, buffer.length)) {
        writer.write(buffer, 0, n);
      }
    }
    writer.finish();
    tar.transferTo(OutputStream.nullOutputStream());
  }

  private static String name(String name, String from, String to) {
    String bare = from.equals("/") || from.equals(".") ? "" : from;
    String rest = name.replaceFirst("^(\\./|/)+", "");
    if (rest.equals(".")) {
      rest = "";
    }
    if (!bare.isEmpty() && (rest.equals(bare) || rest.startsWith(bare + "/"))) {
      rest = rest.substring(bare.length());
    }
    rest = rest.replaceFirst("^/+", "");
    return rest.isEmpty() ? to + (name.endsWith("/") ? "/" : "") : to + "/" + rest;
  }
}
