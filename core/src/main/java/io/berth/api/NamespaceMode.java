package io.berth.api;

import io.berth.error.InvalidInputException;
import java.util.Optional;

/**
 * Whose pid, IPC or UTS namespace a container has: its own ({@code private}), the host's, or that
 * of another container ({@code container:NAME}).
 */
public record NamespaceMode(String value) {
  private static final String CONTAINER = "container:";
  public static final NamespaceMode PRIVATE = new NamespaceMode("private");
  public static final NamespaceMode HOST = new NamespaceMode("host");

  public NamespaceMode {
    boolean container = value.startsWith(CONTAINER) && value.length() > CONTAINER.length();
    if (!value.equals("private") && !value.equals("host") && !container) {
      throw new InvalidInputException(
          "Invalid namespace \"" + value + "\": expected private, host or container:NAME");
    }
  }

  /** The namespace of another container. */
  public static NamespaceMode container(String name) {
    return new NamespaceMode(CONTAINER + name);
  }

  /** Docker's words: also empty and {@code shareable}, which mean private here. */
  public static NamespaceMode parse(String text) {
    return text.isEmpty() || text.equals("shareable") ? PRIVATE : new NamespaceMode(text);
  }

  public boolean isPrivate() {
    return equals(PRIVATE);
  }

  public boolean isHost() {
    return equals(HOST);
  }

  /** The container whose namespace is shared. */
  public Optional<String> container() {
    return value.startsWith(CONTAINER)
        ? Optional.of(value.substring(CONTAINER.length()))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return value;
  }
}
