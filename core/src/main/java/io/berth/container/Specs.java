package io.berth.container;

import io.berth.api.ContainerSpec;
import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkingSpec;
import io.berth.api.Resources;
import io.berth.api.RestartPolicy;
import io.berth.api.SandboxSpec;
import java.util.List;
import java.util.Optional;

/** Copies of specs with something in them changed. */
final class Specs {
  private Specs() {}

  static ContainerSpec change(
      ContainerSpec spec, Optional<Resources> limits, Optional<RestartPolicy> policy) {
    return with(
        spec,
        limits.map(l -> with(spec.sandbox(), l)).orElse(spec.sandbox()),
        spec.networking(),
        policy.orElse(spec.restart()));
  }

  static ContainerSpec attached(ContainerSpec spec, List<NetworkAttachment> attachments) {
    NetworkingSpec networking = spec.networking();
    return with(
        spec,
        spec.sandbox(),
        new NetworkingSpec(attachments, networking.published(), networking.publishAll()),
        spec.restart());
  }

  private static ContainerSpec with(
      ContainerSpec spec, SandboxSpec sandbox, NetworkingSpec networking, RestartPolicy restart) {
    return new ContainerSpec(
        spec.image(),
        spec.imageId(),
        spec.entrypoint(),
        spec.command(),
        spec.process(),
        sandbox,
        networking,
        spec.labels(),
        spec.exposedPorts(),
        spec.detached(),
        spec.autoRemove(),
        spec.init(),
        restart,
        spec.log(),
        spec.healthcheck(),
        spec.stopSignal(),
        spec.stopTimeout(),
        spec.annotations());
  }

  private static SandboxSpec with(SandboxSpec sandbox, Resources limits) {
    return new SandboxSpec(
        sandbox.hostname(),
        sandbox.domainname(),
        sandbox.network(),
        sandbox.pid(),
        sandbox.ipc(),
        sandbox.uts(),
        sandbox.cgroup(),
        sandbox.extraHosts(),
        sandbox.dns(),
        sandbox.dnsSearch(),
        sandbox.dnsOptions(),
        sandbox.mounts(),
        sandbox.tmpfs(),
        sandbox.shmSize(),
        sandbox.readOnlyRoot(),
        sandbox.devices(),
        sandbox.deviceRules(),
        sandbox.rights(),
        sandbox.resources().with(limits),
        sandbox.ulimits(),
        sandbox.sysctls(),
        sandbox.oomScoreAdjust(),
        sandbox.cgroupParent());
  }
}
