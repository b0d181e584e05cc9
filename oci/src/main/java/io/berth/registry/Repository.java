package io.berth.registry;

import io.berth.oci.Reference;

/**
 * A repository at one place.
 *
 * @param endpoint where
 * @param path such as {@code library/redis}
 */
record Repository(Endpoint endpoint, String path) {

  /** The path of something in it: {@code /v2/library/redis/blobs/sha256:…}. */
  String target(String kind, Object name) {
    return "/v2/" + path + "/" + kind + "/" + name;
  }

  /** What a manifest is asked for by: the digest where there is one, else the tag. */
  static String name(Reference reference) {
    return reference
        .digest()
        .map(Object::toString)
        .or(reference::tag)
        .orElse(Reference.DEFAULT_TAG);
  }

  @Override
  public String toString() {
    return endpoint.registry() + "/" + path;
  }
}
