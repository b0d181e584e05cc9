package io.berth.api;

import io.berth.error.InvalidInputException;

/**
 * Whether a container that ended is started again. Its monitor does it, so no JVM is needed; the
 * wait before it doubles from 100 ms to a minute, and begins anew after ten seconds of running.
 *
 * @param maxRetries for {@link Kind#ON_FAILURE}: how often at most; 0 for no limit
 */
public record RestartPolicy(Kind kind, int maxRetries) {
  public static final RestartPolicy NO = new RestartPolicy(Kind.NO, 0);
  public static final RestartPolicy ALWAYS = new RestartPolicy(Kind.ALWAYS, 0);
  public static final RestartPolicy UNLESS_STOPPED = new RestartPolicy(Kind.UNLESS_STOPPED, 0);

  /** When it is started again. */
  public enum Kind {
    NO("no"),
    ON_FAILURE("on-failure"),
    ALWAYS("always"),
    UNLESS_STOPPED("unless-stopped");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** As docker writes it. */
    public String word() {
      return word;
    }
  }

  public RestartPolicy {
    if (maxRetries < 0 || (maxRetries > 0 && kind != Kind.ON_FAILURE)) {
      throw new InvalidInputException(
          "Invalid restart policy "
              + kind.word()
              + ":"
              + maxRetries
              + ": a maximum of retries goes with on-failure only, and is at least 0");
    }
  }

  /** After an exit code other than 0, at most so often; 0 for no limit. */
  public static RestartPolicy onFailure(int maxRetries) {
    return new RestartPolicy(Kind.ON_FAILURE, maxRetries);
  }

  /** {@code no}, {@code always}, {@code unless-stopped}, {@code on-failure[:N]}; empty is no. */
  public static RestartPolicy parse(String text) {
    int colon = text.indexOf(':');
    String word = colon < 0 ? text : text.substring(0, colon);
    for (Kind kind : Kind.values()) {
      if (kind.word.equals(word.isEmpty() ? "no" : word)) {
        return new RestartPolicy(kind, colon < 0 ? 0 : retries(text, text.substring(colon + 1)));
      }
    }
    throw new InvalidInputException(
        "Invalid restart policy \""
            + text
            + "\": expected no, always, unless-stopped or on-failure[:N]");
  }

  private static int retries(String text, String number) {
    try {
      return Integer.parseInt(number);
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          "Invalid restart policy \"" + text + "\": maximum retry count must be an integer", e);
    }
  }

  @Override
  public String toString() {
    return kind.word + (maxRetries > 0 ? ":" + maxRetries : "");
  }
}
