package io.berth.runtime.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserResolverTest {
  private final UserResolver resolver =
      new UserResolver(
          () ->
              stream(
                  "root:x:0:0:root:/root:/bin/sh\n# note\nbad:x:none:0::/:\n"
                      + "app:x:1000:1001::/home/app:/bin/sh\nnohome:x:7:7:::\n"),
          () -> stream("root:x:0:\napp:x:1001:\nvideo:x:44:app,other\naudio:x:29:app\n"));

  @ParameterizedTest
  @CsvSource({
    "'', 0, 0, '', /root",
    "app, 1000, 1001, '44 29', /home/app",
    "1000, 1000, 1001, '44 29', /home/app",
    "app:video, 1000, 44, '', /home/app",
    "app:29, 1000, 29, '', /home/app",
    "4242, 4242, 0, '', /",
    "4242:4343, 4242, 4343, '', /",
    ":video, 0, 44, '', /root",
    "nohome, 7, 7, '', /",
  })
  void resolvesAsDocker(String spec, int uid, int gid, String groups, String home) {
    ResolvedUser user = resolver.resolve(spec);

    List<Integer> expected =
        groups.isEmpty()
            ? List.of()
            : List.of(groups.split(" ")).stream().map(Integer::valueOf).toList();
    assertThat(user).isEqualTo(new ResolvedUser(uid, gid, expected, home));
  }

  @ParameterizedTest
  @CsvSource({
    "ghost, unable to find user ghost: no matching entries in passwd file",
    "bad, unable to find user bad",
    "app:ghosts, unable to find group ghosts: no matching entries in group file",
    "2147483648, must be in range",
    "-1, must be in range",
    "a:b:c, wrong form",
  })
  void saysWhatIsWrong(String spec, String message) {
    assertThatThrownBy(() -> resolver.resolve(spec)).hasMessageContaining(message);
  }

  @Test
  void resolvesAddedGroupsAndRefusesHugeFiles() {
    UserResolver huge =
        new UserResolver(
            () -> new ByteArrayInputStream(new byte[UserResolver.MAX_BYTES + 1]),
            InputStream::nullInputStream);

    assertThat(resolver.resolveGroups(List.of("audio", "77", "29"))).containsExactly(29, 77);
    assertThatThrownBy(() -> huge.resolve("app")).hasMessageContaining("bytes");
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }
}
