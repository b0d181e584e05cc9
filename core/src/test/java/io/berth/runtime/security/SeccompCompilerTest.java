package io.berth.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SeccompCompilerTest {
  private static final KernelVersion KERNEL = new KernelVersion(6, 1);
  private static final SeccompProfile DEFAULT = SeccompProfile.dockerDefault();
  private static final int ALLOW = 0x7fff0000;
  private static final int EPERM = 0x00050001;
  private static final int ENOSYS = 0x00050026;
  private static final int X86_64 = 0xC000003E;
  private static final long[] EDGES = {
    0, 1, 2, 3, 8, 16, 38, 40, 0x20008, 0x7e020000, 0x02000000, 0xffffffffL, 1L << 32, -1
  };

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void answersEveryNumberOfTheDefaultProfileAsTheModel(Architecture architecture) {
    for (CapabilitySet capabilities :
        List.of(CapabilitySet.dockerDefault(), CapabilitySet.none(), CapabilitySet.all())) {
      BpfMachine machine =
          new BpfMachine(new SeccompCompiler(architecture, KERNEL).compile(DEFAULT, capabilities));
      SeccompModel model = new SeccompModel(DEFAULT, capabilities, architecture, KERNEL);
      for (SyscallAbi abi : List.of(architecture.nativeAbi(), architecture.compatAbi())) {
        SyscallTable table = SyscallTable.load(abi);

        for (int number : numbers()) {
          // Only the calls with rules on arguments need more than one set of them.
          boolean guarded =
              List.of("socket", "clone", "personality").stream()
                  .anyMatch(name -> table.number(name).orElse(-1) == number);
          for (long edge : guarded ? EDGES : new long[] {0}) {
            assertThat(machine.run(abi.auditArch(), number, edge, edge, 0, 0, 0, 0))
                .as("%s %d(%d)", abi, number, edge)
                .isEqualTo(model.answer(abi, table, number, edge, edge, 0, 0, 0, 0).returnValue());
          }
        }
      }
    }
  }

  @Test
  void jumpsFartherThanAByteReaches() {
    List<SeccompRule> rules = new ArrayList<>();
    SyscallTable table = SyscallTable.load(SyscallAbi.X86_64);
    for (String name : new TreeSet<>(table.numbers().keySet()).headSet("i")) {
      rules.add(rule(name, new SeccompArgument(0, 7L << 32 | 9, 0, SeccompArgument.Operator.GE)));
    }
    SeccompProfile profile = profile(rules);

    BpfProgram program =
        new SeccompCompiler(Architecture.X86_64, KERNEL).compile(profile, CapabilitySet.none());

    assertThat(program.length()).isGreaterThan(500);
    SeccompModel model =
        new SeccompModel(profile, CapabilitySet.none(), Architecture.X86_64, KERNEL);
    BpfMachine machine = new BpfMachine(program);
    for (int number : numbers()) {
      for (long value : new long[] {7L << 32 | 8, 7L << 32 | 9, 8L << 32, 9}) {
        assertThat(machine.run(X86_64, number, value, 0, 0, 0, 0, 0))
            .isEqualTo(
                model.answer(SyscallAbi.X86_64, table, number, value, 0, 0, 0, 0, 0).returnValue());
      }
    }
  }

  @Test
  void refusesAProgramThatTheKernelWouldNotTake() {
    List<SeccompRule> rules =
        IntStream.range(0, 3000)
            .mapToObj(
                i -> rule("read", new SeccompArgument(0, 1, i, SeccompArgument.Operator.MASKED_EQ)))
            .toList();
    SeccompCompiler compiler = new SeccompCompiler(Architecture.X86_64, KERNEL);
    SeccompProfile profile = profile(rules);

    assertThatThrownBy(() -> compiler.compile(profile, CapabilitySet.none()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("4096 instructions");
  }

  @Test
  void treatsForeignAndNewCallsApart() {
    BpfMachine machine =
        new BpfMachine(
            new SeccompCompiler(Architecture.X86_64, KERNEL)
                .compile(DEFAULT, CapabilitySet.dockerDefault()));

    assertThat(machine.run(0xC00000B7, 0)).as("aarch64 on x86_64").isEqualTo(0x80000000);
    assertThat(machine.run(X86_64, 0x40000000)).as("x32").isEqualTo(EPERM);
    assertThat(machine.run(X86_64, -1)).as("skipped").isEqualTo(EPERM);
    assertThat(machine.run(X86_64, 2000)).as("newer than the profile").isEqualTo(ENOSYS);
    assertThat(machine.run(X86_64, 435)).as("clone3").isEqualTo(ENOSYS);
    assertThat(machine.run(X86_64, 165)).as("mount").isEqualTo(EPERM);
    assertThat(machine.run(X86_64, 41, 40, 0, 0, 0, 0, 0)).as("AF_VSOCK").isEqualTo(EPERM);
    assertThat(machine.run(X86_64, 0)).as("read").isEqualTo(ALLOW);
    assertThat(machine.steps()).as("a search, not a chain").isLessThan(16);
  }

  @Test
  void keepsWhatItCompiled() {
    SeccompCompiler compiler = new SeccompCompiler(Architecture.X86_64, KERNEL);

    BpfProgram first = compiler.compile(DEFAULT, CapabilitySet.dockerDefault());

    assertThat(compiler.compile(SeccompProfile.dockerDefault(), CapabilitySet.dockerDefault()))
        .isSameAs(first);
    assertThat(compiler.compile(DEFAULT, CapabilitySet.all())).isNotSameAs(first);
  }

  private static SeccompRule rule(String name, SeccompArgument argument) {
    return new SeccompRule(
        List.of(name),
        SeccompAction.ALLOW,
        List.of(argument),
        Optional.empty(),
        SeccompRule.Condition.NONE,
        SeccompRule.Condition.NONE);
  }

  private static SeccompProfile profile(List<SeccompRule> rules) {
    return new SeccompProfile(
        SeccompAction.of(SeccompAction.Type.ERRNO), Map.of("SCMP_ARCH_X86_64", Set.of()), rules, 0);
  }

  private static int[] numbers() {
    return IntStream.concat(
            IntStream.range(0, 600),
            IntStream.of(0xeffff, 0xf0001, 0xf0002, 0xf0005, 0xf0006, 0x3fffffff, 0x40000001, -1))
        .toArray();
  }
}
