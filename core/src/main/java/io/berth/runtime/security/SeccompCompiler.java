package io.berth.runtime.security;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Compiles profiles to the classic BPF that {@code seccomp(2)} takes, for one machine. Keeps its
 * latest results, so that one compiler should live as long as the engine.
 *
 * <pre>{@code
 * SeccompCompiler compiler = new SeccompCompiler(Architecture.X86_64, KernelVersion.running());
 * BpfProgram program = compiler.compile(SeccompProfile.dockerDefault(), capabilities);
 * }</pre>
 *
 * A call of an ABI that the profile does not list kills the process. On x86_64 the calls of x32 get
 * the default action. Numbers above all those that the profile names give ENOSYS, as in runc.
 */
public final class SeccompCompiler {
  private static final int CACHED = 32;

  private final Architecture architecture;
  private final KernelVersion kernel;
  private final Map<SyscallAbi, SyscallTable> tables = new EnumMap<>(SyscallAbi.class);
  private final Map<Key, BpfProgram> compiled =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, BpfProgram> eldest) {
          return size() > CACHED;
        }
      };

  private record Key(SeccompProfile profile, CapabilitySet capabilities) {
    /** That of the profile would be of some thousand values, for each container. */
    @Override
    public int hashCode() {
      return 31 * profile.rules().size() + capabilities.hashCode();
    }
  }

  public SeccompCompiler(Architecture architecture, KernelVersion kernel) {
    this.architecture = Objects.requireNonNull(architecture, "architecture");
    this.kernel = Objects.requireNonNull(kernel, "kernel");
  }

  /**
   * The program for a container whose bounding set is {@code capabilities}.
   *
   * @throws io.berth.error.InvalidInputException when it would be longer than the kernel takes
   */
  public synchronized BpfProgram compile(SeccompProfile profile, CapabilitySet capabilities) {
    return compiled.computeIfAbsent(
        new Key(profile, capabilities),
        key ->
            new BpfProgram(
                new SeccompCodeGenerator().generate(policies(profile, capabilities)),
                profile.flags()));
  }

  /** What the profile says for each ABI that is let in, the native one first. */
  synchronized List<SyscallPolicy> policies(SeccompProfile profile, CapabilitySet capabilities) {
    List<SeccompRule> rules =
        profile.rules().stream()
            .filter(rule -> rule.applies(capabilities, architecture, kernel))
            .toList();
    List<SyscallPolicy> policies = new ArrayList<>();
    for (SyscallAbi abi : abis(profile)) {
      SyscallTable table = tables.computeIfAbsent(abi, SyscallTable::load);
      policies.add(new SyscallPolicy(abi, table, profile.defaultAction(), rules));
    }
    return policies;
  }

  private List<SyscallAbi> abis(SeccompProfile profile) {
    SyscallAbi nativeAbi = architecture.nativeAbi();
    SyscallAbi compat = architecture.compatAbi();
    boolean withCompat =
        profile
            .architectures()
            .getOrDefault(nativeAbi.profileName(), Set.of())
            .contains(compat.profileName());
    return withCompat ? List.of(nativeAbi, compat) : List.of(nativeAbi);
  }
}
