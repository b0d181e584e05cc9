package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonProperty;

/** A port of a container in a list. */
public record PublishedPortSummary(
    @JsonProperty("IP") @JsonInclude(Include.NON_EMPTY) String ip,
    int privatePort,
    @JsonInclude(Include.NON_DEFAULT) int publicPort,
    String type) {}
