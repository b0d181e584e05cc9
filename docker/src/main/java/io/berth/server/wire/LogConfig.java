package io.berth.server.wire;

import java.util.Map;

/** How output is kept. */
public record LogConfig(String type, Map<String, String> config) {}
