package io.berth.runtime.userns;

import static org.assertj.core.api.Assertions.assertThat;

import io.berth.runtime.userns.SubordinateIds.Range;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UserNamespaceTest {
  private static final Credentials ME = new Credentials(1000, 1001, 0);
  private static final List<Range> RANGE = List.of(new Range(100_000, 65_536));
  private static final Optional<Path> PROGRAM = Optional.of(Path.of("/usr/bin/newuidmap"));

  @Test
  void rangesAreReadByNameAndByNumber() {
    String text =
        """
        other:100000:65536
        me:165536:65536
        1000:400000:10
        # a comment
        me:broken:1
        me:5
        me:4294967290:100
        """;

    assertThat(SubordinateIds.parse(text, "me", 1000))
        .containsExactly(new Range(165_536, 65_536), new Range(400_000, 10));
    assertThat(SubordinateIds.parse(text, "nobody", 1)).isEmpty();
  }

  @Test
  void theUserIsRootAndTheSubordinateIdsFollow() {
    UserNamespace plan =
        UserNamespace.plan(
            ME, List.of(RANGE.get(0), new Range(400_000, 10)), RANGE, PROGRAM, PROGRAM, "me");

    assertThat(plan.uids()).hasToString("0 1000 1 1 100000 65536 65537 400000 10");
    assertThat(plan.gids()).hasToString("0 1001 1 1 100000 65536");
    assertThat(plan.mappers()).isPresent();
    assertThat(plan.shortage()).isEmpty();
  }

  @Test
  void whatIsMissingIsSaidWhereThereIsOneIdOnly() {
    assertSingle(
        UserNamespace.plan(ME, List.of(), RANGE, PROGRAM, PROGRAM, "me"), "me", "/etc/subuid");
    assertSingle(UserNamespace.plan(ME, RANGE, List.of(), PROGRAM, PROGRAM, "me"), "/etc/subgid");
    assertSingle(
        UserNamespace.plan(ME, RANGE, RANGE, PROGRAM, Optional.empty(), "me"),
        "newgidmap",
        "apt-get install uidmap");
    assertSingle(
        UserNamespace.plan(ME, RANGE, RANGE, PROGRAM, PROGRAM, "me").withOneId("refused"),
        "refused");
  }

  private static void assertSingle(UserNamespace plan, String... reason) {
    assertThat(plan.uids()).hasToString("0 1000 1");
    assertThat(plan.gids()).hasToString("0 1001 1");
    assertThat(plan.mappers()).isEmpty();
    assertThat(plan.shortage().orElseThrow()).contains(reason);
  }

  @Test
  void privilegeIsWhatTheKernelSays() {
    String status = "Name:\tjava\nUid:\t1\t1000\t1\t1\nGid:\t1\t1001\t1\t1\nCapEff:\t%s\n";

    assertThat(Credentials.parse(status.formatted("0000000000000000")))
        .isEqualTo(ME)
        .matches(user -> !user.isPrivileged());
    assertThat(Credentials.parse(status.formatted("000001fffeffffff")).isPrivileged()).isTrue();
    assertThat(Credentials.parse(status.formatted("00000000a80425fb")).isPrivileged()).isFalse();
  }
}
