package io.berth.process;

import io.berth.api.ExecResult;
import io.berth.error.BerthException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Supplier;

/** What a process writes, kept until it has ended, within a bound of 64 MiB for each stream. */
public final class CollectedOutput {
  private static final int MOST = 64 << 20;

  private final Bounded stdout = new Bounded();
  private final Bounded stderr = new Bounded();

  public OutputStream stdout() {
    return stdout;
  }

  public OutputStream stderr() {
    return stderr;
  }

  /**
   * Of a process that has ended.
   *
   * @param container its container's name, which an engine may have to be asked for
   * @throws BerthException when it wrote more than is kept
   */
  public ExecResult result(List<String> command, Supplier<String> container, int code) {
    if (stdout.overflowed || stderr.overflowed) {
      throw new BerthException(
          command
              + " in container "
              + container.get()
              + " wrote more than "
              + MOST
              + " bytes; read its output with output(...) and start()");
    }
    return new ExecResult(code, stdout.toByteArray(), stderr.toByteArray());
  }

  private static final class Bounded extends OutputStream {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private volatile boolean overflowed;

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      overflowed |= kept.size() + length > MOST;
      if (!overflowed) {
        kept.write(bytes, offset, length);
      }
    }

    synchronized byte[] toByteArray() {
      return kept.toByteArray();
    }
  }
}
