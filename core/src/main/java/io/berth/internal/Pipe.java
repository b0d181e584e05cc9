package io.berth.internal;

import io.berth.error.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.atomic.AtomicReference;

/** Has one side read what another writes, in a thread of its own, without a file in between. */
public final class Pipe {
  private static final int BUFFER = 1 << 20;

  private Pipe() {}

  /** Writes to a stream that is not its to close. */
  @FunctionalInterface
  public interface Writer {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Reads a stream. */
  @FunctionalInterface
  public interface Reader<T> {
    T readFrom(InputStream in) throws IOException;
  }

  /**
   * Runs both; what the reader makes of it. When the writer fails, that is the error to tell, since
   * the reader has only seen an early end.
   */
  public static <T> T run(String what, Writer writer, Reader<T> reader) {
    AtomicReference<Exception> failed = new AtomicReference<>();
    try (PipedInputStream in = new PipedInputStream(BUFFER)) {
      Thread thread = start(what, writer, new PipedOutputStream(in), failed);
      T result;
      try {
        result = reader.readFrom(in);
        in.transferTo(OutputStream.nullOutputStream());
      } catch (IOException | RuntimeException e) {
        Exception first = failed.get() == null ? e : failed.get();
        in.close();
        join(thread);
        throw first;
      }
      join(thread);
      if (failed.get() != null) {
        throw failed.get();
      }
      return result;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new StorageException("Cannot " + what + ": " + e.getMessage(), e);
    }
  }

  private static Thread start(
      String what, Writer writer, PipedOutputStream out, AtomicReference<Exception> failed) {
    Thread thread =
        new Thread(
            () -> {
              try {
                writer.writeTo(out);
              } catch (IOException | RuntimeException e) {
                failed.set(e); // before the end is seen
              } finally {
                close(out);
              }
            },
            "berth-" + what.replace(' ', '-'));
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void close(PipedOutputStream out) {
    try {
      out.close();
    } catch (IOException e) {
      // The reader has left.
    }
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
