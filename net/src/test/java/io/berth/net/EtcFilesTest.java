package io.berth.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EtcFilesTest {
  private static final String LOCAL =
      """
      127.0.0.1\tlocalhost
      ::1\tlocalhost ip6-localhost ip6-loopback
      fe00::\tip6-localnet
      ff00::\tip6-mcastprefix
      ff02::1\tip6-allnodes
      ff02::2\tip6-allrouters
      """;

  @Test
  void aContainerWithoutAddressesHasOnlyTheLoopbackNames() {
    EtcFiles files = EtcFiles.isolated("web", List.of(), List.of(), "nameserver 10.0.0.1\n");

    assertThat(files.hostname()).isEqualTo("web\n");
    assertThat(files.hosts()).isEqualTo(LOCAL);
    assertThat(files.resolvConf()).isEqualTo("nameserver 10.0.0.1\n");
  }

  @Test
  void aContainerIsNamedAtItsAddressesAfterTheExtraHosts() {
    List<HostEntry> extra = List.of(new HostEntry("10.0.0.9", "db", "database"));

    EtcFiles files =
        EtcFiles.isolated("web.example.org", List.of("172.17.0.2", "fd00::2"), extra, "");

    assertThat(files.hosts())
        .isEqualTo(
            LOCAL
                + "10.0.0.9\tdb database\n"
                + "172.17.0.2\tweb.example.org web\n"
                + "fd00::2\tweb.example.org web\n");
    assertThat(files.resolvConf())
        .contains("nameserver 8.8.8.8\n", "nameserver 2001:4860:4860::8888\n");
  }

  @Test
  void theHostsNetworkKeepsTheHostsFiles() {
    EtcFiles files =
        EtcFiles.ofHost(
            "web",
            "127.0.0.1 localhost",
            List.of(new HostEntry("10.0.0.9", "db")),
            "# mine\nnameserver 127.0.0.53\n");

    assertThat(files.hosts()).isEqualTo("127.0.0.1 localhost\n10.0.0.9\tdb\n");
    assertThat(files.resolvConf()).isEqualTo("# mine\nnameserver 127.0.0.53\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a\nb", "-a", "a-", ".", "a\t10.0.0.1"})
  void refusesAHostnameThatWouldBreakTheFiles(String hostname) {
    assertThatThrownBy(() -> EtcFiles.isolated(hostname, List.of(), List.of(), ""))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("Invalid hostname");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "localhost", "10.0.0", "10.0.0.256", "1.2.3.4.", "::g", "%eth0"})
  void refusesAHostEntryWithoutAnAddress(String address) {
    assertThatThrownBy(() -> new HostEntry(address, "db"))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("is not an IP address");
  }
}
