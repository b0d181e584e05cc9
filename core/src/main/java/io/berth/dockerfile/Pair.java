package io.berth.dockerfile;

import java.util.Objects;

/** A name of ENV or LABEL and its value, both words. */
public record Pair(String name, String value) {
  public Pair {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(value, "value");
  }
}
