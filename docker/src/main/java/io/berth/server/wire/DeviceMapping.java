package io.berth.server.wire;

/** A device of the host given to a container. */
public record DeviceMapping(String pathOnHost, String pathInContainer, String cgroupPermissions) {}
