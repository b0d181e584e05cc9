package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;

/** A mount that a container has. */
public record MountPoint(
    @JsonInclude(Include.NON_EMPTY) String type,
    @JsonInclude(Include.NON_EMPTY) String name,
    String source,
    String destination,
    @JsonInclude(Include.NON_EMPTY) String driver,
    String mode,
    @JsonProperty("RW") boolean readWrite,
    String propagation) {}
