package io.berth.server.wire;

import java.util.List;

/** A container was made. */
public record CreateResponse(String id, List<String> warnings) {}
