package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.List;
import java.util.Map;

/** A mount of a container, as a client asks for it. */
public record MountConfig(
    String type,
    @JsonInclude(Include.NON_NULL) String source,
    String target,
    @JsonInclude(Include.NON_DEFAULT) boolean readOnly,
    @JsonInclude(Include.NON_EMPTY) String consistency,
    @JsonInclude(Include.NON_NULL) BindOptions bindOptions,
    @JsonInclude(Include.NON_NULL) VolumeOptions volumeOptions,
    @JsonInclude(Include.NON_NULL) TmpfsOptions tmpfsOptions,
    @JsonInclude(Include.NON_NULL) ImageOptions imageOptions) {

  /** Of a bind mount. */
  public record BindOptions(
      @JsonInclude(Include.NON_EMPTY) String propagation,
      @JsonInclude(Include.NON_DEFAULT) boolean nonRecursive,
      @JsonInclude(Include.NON_DEFAULT) boolean createMountpoint,
      @JsonInclude(Include.NON_DEFAULT) boolean readOnlyNonRecursive,
      @JsonInclude(Include.NON_DEFAULT) boolean readOnlyForceRecursive) {}

  /** Of an image. */
  public record ImageOptions(String subpath) {}

  /** Of a volume. */
  public record VolumeOptions(
      @JsonInclude(Include.NON_DEFAULT) boolean noCopy,
      @JsonInclude(Include.NON_EMPTY) Map<String, String> labels,
      @JsonInclude(Include.NON_EMPTY) String subpath,
      @JsonInclude(Include.NON_NULL) Driver driverConfig) {}

  /** Of the driver of a volume. */
  public record Driver(String name, Map<String, String> options) {}

  /** Of a file system in memory. */
  public record TmpfsOptions(
      @JsonInclude(Include.NON_DEFAULT) long sizeBytes,
      @JsonInclude(Include.NON_DEFAULT) long mode,
      @JsonInclude(Include.NON_EMPTY) List<List<String>> options) {}
}
