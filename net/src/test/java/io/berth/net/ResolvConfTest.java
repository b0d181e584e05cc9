package io.berth.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ResolvConfTest {

  @Test
  void readsEveryKeyword() {
    ResolvConf conf =
        ResolvConf.parse(
            """
            # a comment
            ; another
            domain first.example
            nameserver 10.0.0.1
              nameserver\t10.0.0.2 trailing
            nameserver not-an-address
            search a.example b.example
            options ndots:2
            options edns0 trust-ad
            sortlist 130.155.160.0/255.255.240.0
            """);

    assertThat(conf)
        .isEqualTo(
            new ResolvConf(
                List.of("10.0.0.1", "10.0.0.2"),
                List.of("a.example", "b.example"),
                List.of("ndots:2", "edns0", "trust-ad"),
                List.of("sortlist 130.155.160.0/255.255.240.0")));
  }

  static Stream<Arguments> filtering() {
    List<String> public4 = List.of("8.8.8.8", "8.8.4.4");
    List<String> public6 =
        List.of("8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844");
    return Stream.of(
        Arguments.of(List.of("10.0.0.1"), false, List.of("10.0.0.1")),
        Arguments.of(List.of("127.0.0.53", "10.0.0.1"), false, List.of("10.0.0.1")),
        Arguments.of(List.of("127.0.0.53"), false, public4),
        Arguments.of(List.of("127.1.2.3", "::1"), true, public6),
        Arguments.of(List.of(), false, public4),
        Arguments.of(List.of("fd00::1"), true, List.of("fd00::1")),
        Arguments.of(
            List.of("fe80::1%eth0", "10.0.0.1"), true, List.of("fe80::1%eth0", "10.0.0.1")),
        Arguments.of(List.of("fd00::1", "10.0.0.1"), false, List.of("10.0.0.1")),
        Arguments.of(List.of("fd00::1"), false, public4));
  }

  @ParameterizedTest
  @MethodSource("filtering")
  void leavesOutWhatAContainerDoesNotReach(
      List<String> host, boolean ipv6, List<String> container) {
    ResolvConf conf = new ResolvConf(host, List.of("a.example"), List.of("ndots:2"), List.of());

    ResolvConf filtered = conf.withoutLoopback(ipv6);

    assertThat(filtered.nameservers()).isEqualTo(container);
    assertThat(filtered.search()).containsExactly("a.example");
    assertThat(filtered.options()).containsExactly("ndots:2");
  }

  @Property
  void anyTextIsReadAndItsResultReadsTheSameAgain(@ForAll String text) {
    ResolvConf conf = ResolvConf.parse(text + "\nnameserver 10.0.0.1\nsearch " + text);

    assertThat(ResolvConf.parse(conf.text())).isEqualTo(conf);
  }
}
