package io.berth.container;

import io.berth.api.Rights;
import io.berth.runtime.launch.LaunchSpecBuilder;
import io.berth.runtime.security.CapabilitySet;
import io.berth.runtime.security.SeccompCompiler;
import io.berth.runtime.security.SeccompProfile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A process's capabilities, its system call filter, and what security modules are told. */
final class SecurityPlan {
  private static final Path APPARMOR = Path.of("/sys/module/apparmor/parameters/enabled");
  private static final Path LAST_CAPABILITY = Path.of("/proc/sys/kernel/cap_last_cap");

  private static final int CHECKPOINT_RESTORE = 40;

  private final SeccompCompiler compiler;
  private final SeccompProfile profile;
  private final Selinux selinux = Selinux.ofHost();

  SecurityPlan(SeccompCompiler compiler, SeccompProfile profile) {
    this.compiler = compiler;
    this.profile = profile;
  }

  /** Compiles the filter that most containers have. */
  void warmUp() {
    compiler.compile(profile, CapabilitySet.dockerDefault());
  }

  static CapabilitySet capabilities(Rights rights) {
    return rights.privileged()
        ? CapabilitySet.all().upTo(lastCapability())
        : CapabilitySet.dockerDefault().tweak(rights.capAdd(), rights.capDrop());
  }

  /** The profile that such rights mean; none when they are unconfined. */
  Optional<SeccompProfile> profile(Rights rights) {
    return rights.seccompUnconfined()
        ? Optional.empty()
        : Optional.of(
            rights
                .seccomp()
                .map(json -> SeccompProfile.parse(json.getBytes(StandardCharsets.UTF_8)))
                .orElse(profile));
  }

  /** What SELinux is told of a container and its files. */
  Optional<Selinux.Labels> labels(String id, Rights rights) {
    return selinux.labels(id, rights);
  }

  /**
   * @param id the container's
   */
  void add(LaunchSpecBuilder spec, String id, Rights rights) {
    CapabilitySet caps = capabilities(rights);
    // Inheritable and ambient stay empty, as in Docker since CVE-2022-24769.
    spec.capabilities(caps.mask(), caps.mask(), caps.mask(), 0, 0);
    profile(rights)
        .map(wanted -> compiler.compile(wanted, caps))
        .ifPresent(program -> spec.seccomp(program.flags(), program.toBytes()));
    labels(id, rights).ifPresent(labels -> spec.label("exec", labels.process()));
    rights
        .apparmor()
        .filter(name -> !name.equals("unconfined") && enabled(APPARMOR))
        .ifPresent(name -> spec.label("apparmor/exec", "exec " + name));
  }

  private static boolean enabled(Path file) {
    try {
      return Files.readString(file).startsWith("Y");
    } catch (IOException e) {
      return false;
    }
  }

  private static int lastCapability() {
    // In one read: a number of /proc/sys has no second part (Files.readString asks for a byte
    // first).
    try (InputStream in = Files.newInputStream(LAST_CAPABILITY)) {
      return Integer.parseInt(new String(in.readNBytes(16), StandardCharsets.US_ASCII).strip());
    } catch (IOException e) {
      return CHECKPOINT_RESTORE;
    }
  }
}
