package io.berth.linux;

import com.sun.jna.Native;
import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import java.util.function.Supplier;

/** What all calls have in common: their errors, and the agent who makes them where they may not. */
final class Calls {
  /** Of a call that is left to the agent at once. */
  static final long REFUSED = Long.MIN_VALUE;

  private Calls() {}

  /** The result of a call that was just made, or the negated errno. */
  static long orErrno(long result) {
    return result < 0 ? -Native.getLastError() : result;
  }

  /**
   * The same, after the agent has tried what was refused here.
   *
   * @param direct what the call here has returned
   */
  static long orAgent(FileRights access, long direct, Supplier<AgentCall> call) {
    if (direct >= 0) {
      return direct;
    }
    int errno = direct == REFUSED ? Errno.EPERM : Native.getLastError();
    return access.helps(errno) ? access.agent().orElseThrow().call(call.get()) : -errno;
  }

  /**
   * @param result what {@link #orErrno} or {@link #orAgent} gave
   */
  static long check(long result, String call, String subject) {
    if (result < 0) {
      throw new SystemCallException(call, subject, (int) -result);
    }
    return result;
  }
}
