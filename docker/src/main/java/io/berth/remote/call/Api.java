package io.berth.remote.call;

import io.berth.error.UnreachableException;
import io.berth.error.UnsupportedException;
import io.berth.remote.transport.Address;
import io.berth.remote.transport.Answer;
import io.berth.remote.transport.Ask;
import io.berth.remote.transport.Transport;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One engine's API, in the newest version that both sides know. Thread-safe. */
public final class Api implements AutoCloseable {
  /** The newest version that this speaks, 1.51: from 1.52 on some documents have other forms. */
  private static final int NEWEST = 51;

  private static final int OLDEST = 24;
  private static final Pattern VERSION = Pattern.compile("1\\.(\\d{1,3})");

  private final Transport transport;
  private volatile int minor;

  /**
   * @param version to be spoken, such as {@code 1.41}; negotiated at the first call when empty
   */
  public Api(Transport transport, Optional<String> version) {
    this.transport = transport;
    version.ifPresent(
        v ->
            minor =
                minor(v)
                    .orElseThrow(
                        () ->
                            new UnsupportedException(
                                "Cannot speak version " + v + ": expected 1.24 to 1." + NEWEST)));
  }

  private static Optional<Integer> minor(String version) {
    Matcher form = VERSION.matcher(version);
    return form.matches() ? Optional.of(Integer.parseInt(form.group(1))) : Optional.empty();
  }

  public Address address() {
    return transport.address();
  }

  Transport transport() {
    return transport;
  }

  /** The version that is spoken, such as {@code 1.41}. */
  public String version() {
    return "1." + minor();
  }

  /** Whether the version that is spoken is 1.{@code minor} or newer. */
  public boolean atLeast(int minor) {
    return minor() >= minor;
  }

  private int minor() {
    if (minor == 0) {
      minor = negotiate();
    }
    return minor;
  }

  /** As docker does: an engine that says nothing is one of the oldest. */
  private int negotiate() {
    Optional<String> newest;
    try (Answer answer = ping()) {
      newest = answer.header("Api-Version");
      if (answer.status() != 200) {
        throw Failures.of(answer);
      }
      answer.body().readAllBytes();
    } catch (IOException e) {
      throw transport.broken(e);
    }
    int theirs = newest.flatMap(Api::minor).orElse(OLDEST);
    if (theirs < OLDEST) {
      throw new UnsupportedException(
          "The engine at "
              + address()
              + " speaks the Engine API up to version "
              + newest.orElse("?")
              + "; 1."
              + OLDEST
              + " or newer is needed");
    }
    return Math.min(theirs, NEWEST);
  }

  /** Asks whether anybody is there. */
  public Answer ping() {
    return transport.send(Ask.of("GET", "/_ping"));
  }

  public Call get(String path) {
    return new Call(this, "GET", path);
  }

  public Call head(String path) {
    return new Call(this, "HEAD", path);
  }

  public Call post(String path) {
    return new Call(this, "POST", path);
  }

  public Call put(String path) {
    return new Call(this, "PUT", path);
  }

  public Call delete(String path) {
    return new Call(this, "DELETE", path);
  }

  /** What is thrown when a connection broke while an answer was read. */
  public UnreachableException broken(IOException e) {
    return transport.broken(e);
  }

  /** What is thrown for something that no version of this API can say. */
  public UnsupportedException cannot(String what, String instead) {
    return new UnsupportedException(
        "A remote engine cannot " + what + ": its API has no word for it; " + instead);
  }

  @Override
  public void close() {
    transport.close();
  }
}
