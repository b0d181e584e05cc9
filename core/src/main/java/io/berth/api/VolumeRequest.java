package io.berth.api;

/** A volume to be made; by {@link Volumes#create}. */
public interface VolumeRequest {

  /** {@code local} (the default), or one that is found as a service or a Docker volume plugin. */
  VolumeRequest driver(String name);

  /**
   * An option of the driver; of the local one {@code type}, {@code device} and {@code o}, as
   * mount(8) has them.
   */
  VolumeRequest option(String name, String value);

  VolumeRequest label(String name, String value);

  /**
   * Makes it.
   *
   * @throws io.berth.error.ConflictException when there is one of this name with another driver
   * @throws io.berth.error.InvalidInputException when the name or an option is not valid
   */
  Volume execute();
}
