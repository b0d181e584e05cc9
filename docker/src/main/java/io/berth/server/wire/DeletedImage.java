package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;

/** A name or an image that is gone. */
@JsonInclude(Include.NON_NULL)
public record DeletedImage(String untagged, String deleted) {}
