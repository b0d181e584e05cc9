package io.berth.registry.server;

import io.berth.error.InvalidInputException;
import io.berth.oci.Digest;
import io.berth.oci.Reference;
import java.util.Optional;

/** Checks what comes in paths, before any of it becomes the name of a file. */
final class Names {
  private static final String HOST = "registry.local";

  private Names() {}

  static String repository(String name) {
    try {
      return new Reference(HOST, name, Optional.empty(), Optional.empty()).path();
    } catch (InvalidInputException e) {
      throw RegistryError.nameInvalid(e.getMessage());
    }
  }

  static String tag(String tag) {
    try {
      new Reference(HOST, "x", Optional.of(tag), Optional.empty());
      return tag;
    } catch (InvalidInputException e) {
      throw RegistryError.tagInvalid(e.getMessage());
    }
  }

  static Digest digest(String text) {
    try {
      return Digest.parse(text);
    } catch (InvalidInputException e) {
      throw RegistryError.digestInvalid(e.getMessage());
    }
  }
}
