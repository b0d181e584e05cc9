package io.berth.api;

import io.berth.api.MountSpec.BindOptions;
import io.berth.api.MountSpec.Type;

/**
 * A mount that a container has: a bind, a volume or an image. File systems in memory are in {@link
 * SandboxSpec#tmpfs}.
 *
 * @param name of the volume, or the image's id
 * @param source the path of the host, where it is known without mounting
 * @param driver of the volume
 * @param subpath of the volume or image; empty for all of it
 * @param copy whether an empty volume got what the image has at the target
 * @param createSource whether a directory is made where a bind's source is missing
 * @param anonymous whether the volume was made for this container alone, and goes with it
 */
public record MountPoint(
    Type type,
    String name,
    String source,
    String target,
    String driver,
    boolean readOnly,
    BindOptions options,
    String subpath,
    boolean copy,
    boolean anonymous,
    boolean createSource) {

  /** A bind of the host. */
  public static MountPoint bind(
      String source, String target, boolean readOnly, BindOptions options) {
    return new MountPoint(
        Type.BIND, "", source, target, "", readOnly, options, "", false, false, false);
  }

  public MountPoint withReadOnly(boolean value) {
    return new MountPoint(
        type, name, source, target, driver, value, options, subpath, copy, anonymous, createSource);
  }
}
