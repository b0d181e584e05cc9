package io.berth.server.wire;

import java.util.List;

/** What could not be done as asked. */
public record WarningsResponse(List<String> warnings) {}
