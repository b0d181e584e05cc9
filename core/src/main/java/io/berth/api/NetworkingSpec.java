package io.berth.api;

import java.util.List;

/**
 * How a container is reached.
 *
 * @param attachments to networks, the one of its network mode first; none where it has no network
 *     of its own
 * @param publishAll whether all ports that it exposes are published, at any that are free
 */
public record NetworkingSpec(
    List<NetworkAttachment> attachments, List<PublishSpec> published, boolean publishAll) {
  /** Nothing asked. */
  public static final NetworkingSpec NONE = new NetworkingSpec(List.of(), List.of(), false);

  public NetworkingSpec {
    attachments = List.copyOf(attachments);
    published = List.copyOf(published);
  }
}
