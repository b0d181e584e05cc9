package io.berth.server.wire;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonUnwrapped;

/** What a container is, wherever it runs; on the wire, the process is part of it. */
public record ContainerConfig(
    String hostname,
    String domainname,
    boolean attachStdin,
    boolean attachStdout,
    boolean attachStderr,
    boolean tty,
    boolean openStdin,
    boolean stdinOnce,
    String image,
    @JsonInclude(Include.NON_NULL) Boolean networkDisabled,
    @JsonInclude(Include.NON_EMPTY) String macAddress,
    @JsonInclude(Include.NON_NULL) Integer stopTimeout,
    @JsonUnwrapped ProcessConfig process) {}
