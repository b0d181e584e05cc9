package io.berth.api;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * A mount that a container is to have.
 *
 * <pre>{@code
 * containers.create("redis").mount(MountSpec.volume("data", "/data"))
 *     .mount(MountSpec.bind("/etc/ssl", "/etc/ssl").asReadOnly())
 *     .mount(MountSpec.image("tools:1", "/tools"));
 * }</pre>
 *
 * @param source a path of the host, the name of a volume (empty for a new one), or an image
 * @param target an absolute path of the container
 * @param createSource whether a directory is made where a bind's source is missing, as {@code -v}
 *     does and {@code --mount} does not
 */
public record MountSpec(
    Type type,
    String source,
    String target,
    boolean readOnly,
    boolean createSource,
    BindOptions bind,
    VolumeOptions volume,
    TmpfsMountOptions tmpfs,
    String imageSubpath) {

  public enum Type {
    BIND,
    VOLUME,
    TMPFS,
    IMAGE;

    /** As Docker writes it. */
    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** What is read-only of a read-only bind with mounts below it. */
  public enum ReadOnlyScope {
    /** All, where the kernel can (5.12 and newer). */
    ALL_IF_POSSIBLE,
    /** Only the mount itself. */
    TOP,
    /** All, or the container does not start. */
    ALL
  }

  /** What SELinux is told of the source's files, where the host has it. */
  public enum Relabel {
    NONE,
    /** All containers may use them: docker's {@code z}. */
    SHARED,
    /** Only this container may: docker's {@code Z}. */
    PRIVATE
  }

  /**
   * @param recursive whether mounts below the source come along
   */
  public record BindOptions(
      Propagation propagation, boolean recursive, ReadOnlyScope scope, Relabel relabel) {
    public BindOptions(Propagation propagation, boolean recursive, ReadOnlyScope scope) {
      this(propagation, recursive, scope, Relabel.NONE);
    }

    /** As docker has it among the options of a bind. */
    public static Relabel relabel(Collection<String> words) {
      return words.contains("Z")
          ? Relabel.PRIVATE
          : words.contains("z") ? Relabel.SHARED : Relabel.NONE;
    }

    public static final BindOptions DEFAULT =
        new BindOptions(Propagation.RPRIVATE, true, ReadOnlyScope.ALL_IF_POSSIBLE);
  }

  /**
   * @param noCopy whether what the image has at the target is not copied into an empty volume
   * @param labels of a volume that is made for this
   * @param driver of such a volume; {@code local} when empty
   * @param driverOptions of such a volume
   * @param subpath of the volume; must be there
   */
  public record VolumeOptions(
      boolean noCopy,
      Map<String, String> labels,
      Optional<String> driver,
      Map<String, String> driverOptions,
      String subpath) {
    public static final VolumeOptions DEFAULT =
        new VolumeOptions(false, Map.of(), Optional.empty(), Map.of(), "");

    public VolumeOptions {
      labels = Map.copyOf(labels);
      driverOptions = Map.copyOf(driverOptions);
    }
  }

  /**
   * @param size in bytes; half of the memory when empty
   * @param mode of its directory; 1777 when empty
   */
  public record TmpfsMountOptions(Optional<Long> size, Optional<Integer> mode) {
    public static final TmpfsMountOptions DEFAULT =
        new TmpfsMountOptions(Optional.empty(), Optional.empty());
  }

  /** A path of the host, which must be there. */
  public static MountSpec bind(String source, String target) {
    return of(Type.BIND, source, target);
  }

  /** A volume, which is made when it is not there; a new one of its own when the name is empty. */
  public static MountSpec volume(String name, String target) {
    return of(Type.VOLUME, name, target);
  }

  /** A file system in memory. */
  public static MountSpec tmpfs(String target) {
    return of(Type.TMPFS, "", target);
  }

  /** The files of an image, read-only. */
  public static MountSpec image(String image, String target) {
    return of(Type.IMAGE, image, target).asReadOnly();
  }

  private static MountSpec of(Type type, String source, String target) {
    return new MountSpec(
        type,
        source,
        target,
        false,
        false,
        BindOptions.DEFAULT,
        VolumeOptions.DEFAULT,
        TmpfsMountOptions.DEFAULT,
        "");
  }

  public MountSpec asReadOnly() {
    return new MountSpec(
        type, source, target, true, createSource, bind, volume, tmpfs, imageSubpath);
  }

  public MountSpec with(BindOptions options) {
    return new MountSpec(
        type, source, target, readOnly, createSource, options, volume, tmpfs, imageSubpath);
  }

  public MountSpec with(VolumeOptions options) {
    return new MountSpec(
        type, source, target, readOnly, createSource, bind, options, tmpfs, imageSubpath);
  }
}
