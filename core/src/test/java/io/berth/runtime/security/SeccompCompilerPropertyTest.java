package io.berth.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SeccompCompilerPropertyTest {
  private static final KernelVersion KERNEL = new KernelVersion(6, 1);
  private static final int X86_64 = 0xC000003E;

  @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
  void answersAnyProfileAsTheModel(
      @ForAll("rules") List<SeccompRule> rules,
      @ForAll("values") long first,
      @ForAll("values") long second) {
    SeccompProfile profile =
        new SeccompProfile(
            SeccompAction.of(SeccompAction.Type.ERRNO),
            Map.of("SCMP_ARCH_X86_64", Set.of()),
            rules,
            0);
    BpfProgram program =
        new SeccompCompiler(Architecture.X86_64, KERNEL).compile(profile, CapabilitySet.none());
    SeccompModel model =
        new SeccompModel(profile, CapabilitySet.none(), Architecture.X86_64, KERNEL);
    SyscallTable table = SyscallTable.load(SyscallAbi.X86_64);
    BpfMachine machine = new BpfMachine(program);

    for (int number = 0; number < 12; number++) {
      assertThat(machine.run(X86_64, number, first, second, 0, 0, 0, 0))
          .as("%d(%x, %x)", number, first, second)
          .isEqualTo(
              model
                  .answer(SyscallAbi.X86_64, table, number, first, second, 0, 0, 0, 0)
                  .returnValue());
    }
  }

  @Provide
  Arbitrary<Long> values() {
    return Arbitraries.oneOf(
        Arbitraries.of(0L, 1L, 5L, 0xffffffffL, 1L << 32, (5L << 32) + 5, -1L, Long.MIN_VALUE),
        Arbitraries.longs());
  }

  @Provide
  Arbitrary<List<SeccompRule>> rules() {
    Arbitrary<SeccompArgument> argument =
        Combinators.combine(
                Arbitraries.integers().between(0, 1),
                values(),
                values(),
                Arbitraries.of(SeccompArgument.Operator.class))
            .as(SeccompArgument::new);
    Arbitrary<SeccompAction> action =
        Arbitraries.of(SeccompAction.Type.values()).map(SeccompAction::of);
    return Combinators.combine(
            Arbitraries.of("read", "write", "open", "close", "mmap"),
            action,
            argument.list().ofMaxSize(3))
        .as(
            (name, answer, arguments) ->
                new SeccompRule(
                    List.of(name),
                    answer,
                    arguments,
                    Optional.empty(),
                    SeccompRule.Condition.NONE,
                    SeccompRule.Condition.NONE))
        .list()
        .ofMaxSize(60);
  }
}
