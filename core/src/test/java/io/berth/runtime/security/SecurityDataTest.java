package io.berth.runtime.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecurityDataTest {
  @Test
  void hasTheFourteenCapabilitiesOfDocker() {
    assertThat(CapabilitySet.dockerDefault().mask()).isEqualTo(0xa80425fbL);
    assertThat(CapabilitySet.all().mask()).isEqualTo(0x1ffffffffffL);
    assertThat(CapabilitySet.all().upTo(37).mask()).isEqualTo(0x3fffffffffL);
  }

  @ParameterizedTest
  @CsvSource({
    "cap_net_admin, '', a80435fb",
    "'', Mknod, a00425fb",
    "ALL, CAP_SYS_ADMIN, 1ffffdfffff",
    "chown, all, 1",
    "MKNOD, MKNOD, a80425fb",
  })
  void addsAndDropsAsDocker(String add, String drop, String expected) {
    CapabilitySet tweaked = CapabilitySet.dockerDefault().tweak(names(add), names(drop));

    assertThat(Long.toHexString(tweaked.mask())).isEqualTo(expected);
  }

  @Test
  void namesAnUnknownCapability() {
    assertThatThrownBy(() -> CapabilitySet.none().tweak(List.of("CAP_FLY"), List.of()))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("\"CAP_FLY\"");
  }

  @Test
  void holdsTheDefaultProfile() {
    SeccompProfile profile = SeccompProfile.dockerDefault();

    List<String> always =
        profile.rules().stream()
            .filter(
                rule ->
                    rule.arguments().isEmpty()
                        && rule.includes().equals(SeccompRule.Condition.NONE)
                        && rule.excludes().equals(SeccompRule.Condition.NONE))
            .flatMap(rule -> rule.names().stream())
            .toList();
    assertThat(always).hasSize(361).doesNotHaveDuplicates().contains("read", "openat2", "mseal");
    assertThat(always).doesNotContain("mount", "bpf", "keyctl", "io_uring_setup", "clone3");
    assertThat(profile.flags()).isEqualTo(SeccompProfile.FLAG_SPEC_ALLOW);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"defaultAction\":\"SCMP_ACT_MAYBE\"} | SCMP_ACT_MAYBE",
        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscals\":[]} | syscals",
        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"a\"]}]} | syscalls[0].action",
        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"action\":\"SCMP_ACT_LOG\"}]} | names no",
        "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"defaultAction\":\"SCMP_ACT_LOG\"} | JSON",
        "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":5000} | 5000",
        "[] | not an object",
      })
  void refusesABadProfileNamingThePlace(String json, String expected) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> SeccompProfile.parse(bytes))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void writesTheFewestDeviceLines() {
    List<DeviceFilter.V1Write> writes = DeviceFilter.dockerDefault().v1Writes();

    assertThat(writes).hasSize(13);
    assertThat(writes.get(0)).isEqualTo(new DeviceFilter.V1Write("devices.deny", "a"));
    assertThat(writes).contains(new DeviceFilter.V1Write("devices.allow", "c 136:* rwm"));
  }

  private static List<String> names(String name) {
    return name == null || name.isEmpty() ? List.of() : List.of(name);
  }
}
