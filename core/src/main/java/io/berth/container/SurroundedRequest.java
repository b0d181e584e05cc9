package io.berth.container;

import io.berth.api.CreateRequest;
import io.berth.api.DeviceSpec;
import io.berth.api.MountSpec;
import io.berth.api.NamespaceMode;
import io.berth.api.NetworkAttachment;
import io.berth.api.NetworkMode;
import io.berth.api.PublishSpec;
import io.berth.api.Resources;
import java.nio.file.Path;

/**
 * Collects what surrounds a container's process: its file systems, networks, namespaces, limits and
 * rights. {@link SandboxDraft} checks what it is given.
 */
abstract class SurroundedRequest implements CreateRequest {
  /** What was given so far. */
  final SandboxDraft sandbox = new SandboxDraft();

  @Override
  public CreateRequest hostname(String hostname) {
    sandbox.hostname(hostname);
    return this;
  }

  @Override
  public CreateRequest network(NetworkMode mode) {
    sandbox.networking().mode(mode);
    return this;
  }

  @Override
  public CreateRequest network(NetworkAttachment attachment) {
    sandbox.networking().attach(attachment);
    return this;
  }

  @Override
  public CreateRequest networkAlias(String name) {
    sandbox.networking().last(a -> a.alias(name));
    return this;
  }

  @Override
  public CreateRequest ip(String address) {
    sandbox.networking().last(a -> a.ip(address));
    return this;
  }

  @Override
  public CreateRequest ip6(String address) {
    sandbox.networking().last(a -> a.ip6(address));
    return this;
  }

  @Override
  public CreateRequest mac(String address) {
    sandbox.networking().last(a -> a.mac(address));
    return this;
  }

  @Override
  public CreateRequest link(String container, String alias) {
    sandbox.networking().last(a -> a.link(container, alias));
    return this;
  }

  @Override
  public CreateRequest publish(PublishSpec port) {
    sandbox.networking().publish(port);
    return this;
  }

  @Override
  public CreateRequest publishAll(boolean all) {
    sandbox.networking().publishAll(all);
    return this;
  }

  @Override
  public CreateRequest bind(Path source, String target, boolean readOnly) {
    sandbox.bind(source, target, readOnly);
    return this;
  }

  @Override
  public CreateRequest readOnlyRoot(boolean readOnly) {
    sandbox.readOnlyRoot(readOnly);
    return this;
  }

  @Override
  public CreateRequest noNewPrivileges(boolean on) {
    sandbox.rights().noNewPrivileges(on);
    return this;
  }

  @Override
  public CreateRequest capAdd(String capability) {
    sandbox.rights().capAdd(capability);
    return this;
  }

  @Override
  public CreateRequest capDrop(String capability) {
    sandbox.rights().capDrop(capability);
    return this;
  }

  @Override
  public CreateRequest seccomp(boolean on) {
    sandbox.rights().seccomp(on);
    return this;
  }

  @Override
  public CreateRequest seccompProfile(String json) {
    sandbox.rights().seccompProfile(json);
    return this;
  }

  @Override
  public CreateRequest securityLabel(String label) {
    sandbox.rights().label(label);
    return this;
  }

  @Override
  public CreateRequest apparmor(String profile) {
    sandbox.rights().apparmor(profile);
    return this;
  }

  @Override
  public CreateRequest maskPaths(boolean mask) {
    sandbox.rights().maskPaths(mask);
    return this;
  }

  @Override
  public CreateRequest privileged(boolean privileged) {
    sandbox.rights().privileged(privileged);
    return this;
  }

  @Override
  public CreateRequest memory(String size) {
    sandbox.memory(size);
    return this;
  }

  @Override
  public CreateRequest cpus(double count) {
    sandbox.cpus(count);
    return this;
  }

  @Override
  public CreateRequest pidsLimit(long count) {
    sandbox.pidsLimit(count);
    return this;
  }

  @Override
  public CreateRequest resources(Resources resources) {
    sandbox.resources(resources);
    return this;
  }

  @Override
  public CreateRequest oomScoreAdjust(int value) {
    sandbox.oomScoreAdjust(value);
    return this;
  }

  @Override
  public CreateRequest ulimit(String name, long soft, long hard) {
    sandbox.ulimit(name, soft, hard);
    return this;
  }

  @Override
  public CreateRequest sysctl(String name, String value) {
    sandbox.sysctl(name, value);
    return this;
  }

  @Override
  public CreateRequest domainname(String domainname) {
    sandbox.domainname(domainname);
    return this;
  }

  @Override
  public CreateRequest extraHost(String name, String address) {
    sandbox.extraHost(name, address);
    return this;
  }

  @Override
  public CreateRequest dns(String address) {
    sandbox.dns(address);
    return this;
  }

  @Override
  public CreateRequest dnsSearch(String domain) {
    sandbox.dnsSearch(domain);
    return this;
  }

  @Override
  public CreateRequest dnsOption(String option) {
    sandbox.dnsOption(option);
    return this;
  }

  @Override
  public CreateRequest pid(NamespaceMode mode) {
    sandbox.pid(mode);
    return this;
  }

  @Override
  public CreateRequest ipc(NamespaceMode mode) {
    sandbox.ipc(mode);
    return this;
  }

  @Override
  public CreateRequest uts(NamespaceMode mode) {
    sandbox.uts(mode);
    return this;
  }

  @Override
  public CreateRequest tmpfs(String target, String options) {
    sandbox.tmpfs(target, options);
    return this;
  }

  @Override
  public CreateRequest shmSize(String size) {
    sandbox.shmSize(size);
    return this;
  }

  @Override
  public CreateRequest device(DeviceSpec device) {
    sandbox.device(device);
    return this;
  }

  @Override
  public CreateRequest deviceRule(String rule) {
    sandbox.deviceRule(rule);
    return this;
  }

  @Override
  public CreateRequest cgroup(NamespaceMode mode) {
    sandbox.cgroup(mode);
    return this;
  }

  @Override
  public CreateRequest cgroupParent(String path) {
    sandbox.cgroupParent(path);
    return this;
  }

  @Override
  public CreateRequest mount(MountSpec mount) {
    sandbox.mount(mount);
    return this;
  }

  @Override
  public CreateRequest volumesFrom(String container) {
    sandbox.volumesFrom(container);
    return this;
  }

  @Override
  public CreateRequest volumeDriver(String name) {
    sandbox.volumeDriver(name);
    return this;
  }
}
