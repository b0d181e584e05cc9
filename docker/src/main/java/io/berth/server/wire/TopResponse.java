package io.berth.server.wire;

import java.util.List;

/** The processes of a container. */
public record TopResponse(List<List<String>> processes, List<String> titles) {}
