package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import java.util.Map;

/** What the maker of a container said that the engine keeps as it is, for inspection. */
@JsonInclude(Include.NON_DEFAULT)
public record Asked(
    boolean attachStdin,
    boolean attachStdout,
    boolean attachStderr,
    boolean stdinOnce,
    Integer stopTimeout,
    Map<String, Object> volumes,
    HostConfig hostConfig) {}
