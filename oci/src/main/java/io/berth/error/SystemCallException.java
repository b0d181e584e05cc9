package io.berth.error;

/** A system call failed; names the call, what it was applied to, and what errno means. */
public class SystemCallException extends BerthException {
  private final String call;
  private final String subject;
  private final int errno;

  /**
   * @param call the system call, such as {@code mount}
   * @param subject the path or object it was applied to, empty when there is none
   * @param errno the error number, as in {@code errno(3)}
   */
  public SystemCallException(String call, String subject, int errno) {
    super(call + (subject.isEmpty() ? "" : " " + subject) + ": " + Errno.describe(errno));
    this.call = call;
    this.subject = subject;
    this.errno = errno;
  }

  public String call() {
    return call;
  }

  public String subject() {
    return subject;
  }

  public int errno() {
    return errno;
  }
}
