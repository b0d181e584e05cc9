package io.berth.runtime.launch;

import io.berth.error.Errno;
import io.berth.runtime.linux.ProcessCalls;

/** Reads frames without a byte more, where descriptors come behind them. */
final class Frames {
  private Frames() {}

  /**
   * Reads until the other end has done what it was asked for.
   *
   * @throws StartFailure when it says that it could not, or is gone
   */
  static void awaitStart(int fd) {
    for (Frame frame = read(fd); frame.type() != Frame.STARTED; frame = read(fd)) {
      if (frame.type() == Frame.FAILED) {
        String[] texts = frame.stringsFrom(4);
        throw new StartFailure(frame.intAt(0), texts[0], texts[1]);
      }
    }
  }

  /** The next frame. */
  static Frame read(int fd) {
    Frame header = new Frame(0, exactly(fd, Frame.HEADER));
    return new Frame(header.intAt(0), exactly(fd, header.intAt(4)));
  }

  private static byte[] exactly(int fd, int count) {
    byte[] all = new byte[count];
    for (int done = 0; done < count; ) {
      byte[] part = new byte[count - done];
      int n = ProcessCalls.read(fd, part, part.length);
      if (n == 0) {
        throw new StartFailure(Errno.EPIPE, "hear from the launcher (it died)", "");
      }
      System.arraycopy(part, 0, all, done, n);
      done += n;
    }
    return all;
  }
}
