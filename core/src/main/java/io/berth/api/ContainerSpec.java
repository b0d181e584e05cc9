package io.berth.api;

import io.berth.oci.Digest;
import io.berth.oci.Healthcheck;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a container was made with, defaults and the image's config included.
 *
 * @param image as it was asked for
 * @param imageId the image that this was then
 * @param entrypoint the first part of the process's arguments
 * @param command the rest of them
 * @param exposedPorts such as {@code 80/tcp}
 * @param detached whether it goes on when its engine closes
 * @param init whether a small init is its process 1, which reaps orphans and passes signals on
 * @param stopSignal a name or number
 * @param stopTimeout how long {@code stop} waits before it kills
 * @param annotations what its maker wants to find again; the engine makes nothing of it
 */
public record ContainerSpec(
    String image,
    Digest imageId,
    List<String> entrypoint,
    List<String> command,
    ProcessSpec process,
    SandboxSpec sandbox,
    NetworkingSpec networking,
    Map<String, String> labels,
    List<String> exposedPorts,
    boolean detached,
    boolean autoRemove,
    boolean init,
    RestartPolicy restart,
    LogOptions log,
    Optional<Healthcheck> healthcheck,
    String stopSignal,
    Duration stopTimeout,
    Map<String, String> annotations) {
  public static final Duration DEFAULT_STOP_TIMEOUT = Duration.ofSeconds(10);

  public ContainerSpec {
    entrypoint = List.copyOf(entrypoint);
    command = List.copyOf(command);
    labels = Map.copyOf(labels);
    exposedPorts = List.copyOf(exposedPorts);
    annotations = Map.copyOf(annotations);
  }
}
