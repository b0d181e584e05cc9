package io.berth.server.resource;

/** Names of images as clients write them. */
final class ImageNames {
  private ImageNames() {}

  /** With {@code :latest} where there is neither a tag nor a digest. */
  static String full(String name) {
    boolean tagged = name.indexOf(':', name.lastIndexOf('/') + 1) >= 0;
    return tagged || name.contains("@") ? name : name + ":latest";
  }

  /** The name with what the parameter {@code tag} says: a tag, or a digest. */
  static String with(String name, String tag) {
    if (tag.isEmpty()) {
      return name;
    }
    return name + (tag.contains(":") ? "@" : ":") + tag;
  }
}
