package io.berth.layers;

/** How "this name of a lower layer is gone" is kept on disk. */
enum WhiteoutStyle {
  /** Overlayfs: a character device 0/0, and {@code trusted.overlay.opaque} on directories. */
  OVERLAY("trusted.overlay."),
  /** Overlayfs mounted with {@code userxattr}, in a user namespace. */
  OVERLAY_USER("user.overlay."),
  /** The directory holds all layers merged: what is hidden is removed. */
  REMOVE("");

  private final String prefix;

  WhiteoutStyle(String prefix) {
    this.prefix = prefix;
  }

  String opaqueAttribute() {
    return prefix + "opaque";
  }

  boolean isOverlay() {
    return this != REMOVE;
  }

  /**
   * Attributes that belong to overlayfs, of either name space, to fuse-overlayfs or to us: never
   * taken from a tar nor put in.
   */
  static boolean isPrivate(String attribute) {
    return attribute.startsWith("trusted.overlay.")
        || attribute.startsWith("user.overlay.")
        || attribute.startsWith("user.fuseoverlayfs.")
        || attribute.startsWith("security.fuseoverlayfs.")
        || attribute.equals(OwnerNote.ATTRIBUTE);
  }
}
