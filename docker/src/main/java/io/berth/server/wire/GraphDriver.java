package io.berth.server.wire;

import java.util.Map;

/** Where the files of an image or container are. */
public record GraphDriver(Map<String, String> data, String name) {}
