package io.berth.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

  @ParameterizedTest
  @CsvSource({
    "172.18.3.4/16, 172.18.0.0/16, 172.18.255.255",
    "10.0.0.1/8, 10.0.0.0/8, 10.255.255.255",
    "192.168.1.130/25, 192.168.1.128/25, 192.168.1.255",
    "0.0.0.0/0, 0.0.0.0/0, 255.255.255.255",
    "1.2.3.4/32, 1.2.3.4/32, 1.2.3.4",
    "fd00::1:2/64, fd00::/64, fd00::ffff:ffff:ffff:ffff",
    "::/0, ::/0, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
  })
  void hasANetworkAndALastAddress(String text, String network, String last) {
    assertThat(Cidr.parse(text).network()).hasToString(network);
    assertThat(Cidr.text(Cidr.parse(text).last())).isEqualTo(last);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.1.0.0/16, true",
    "10.1.0.0/16, 10.0.0.0/8, true",
    "10.1.0.0/16, 10.2.0.0/16, false",
    "0.0.0.0/0, 10.2.0.0/16, true",
    "0.0.0.0/0, ::/0, false",
    "fd00::/8, fd12::/64, true"
  })
  void overlaps(String one, String other, boolean expected) {
    assertThat(Cidr.parse(one).overlaps(Cidr.parse(other))).isEqualTo(expected);
  }

  @Test
  void countsItsAddresses() {
    Cidr subnet = Cidr.parse("172.18.0.0/16");

    assertThat(Cidr.text(subnet.nth(258))).isEqualTo("172.18.1.2");
    assertThat(subnet.indexOf(Cidr.address("172.18.1.2"))).isEqualTo(258);
    assertThat(subnet.size()).isEqualTo(65536);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "::/129", "x/8", "10.0.0/8"})
  void refusesWhatIsNone(String text) {
    assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(InvalidInputException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "0:0:0:0:0:0:0:0, ::",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "0:0:0:0:0:0:0:1, ::1",
    "fe80:0:0:0:0:0:0:0, fe80::"
  })
  void writesIpv6AsPeopleDo(String address, String text) {
    assertThat(Cidr.text(Cidr.address(address))).isEqualTo(text);
  }

  @Property
  void whatIsWrittenIsReadBack(
      @ForAll @Size(16) byte[] bytes, @ForAll @IntRange(max = 128) int prefix)
      throws UnknownHostException {
    Cidr cidr = Cidr.of(bytes, prefix);
    if (InetAddress.getByAddress(bytes).getAddress().length == 16) { // not ::ffff:1.2.3.4
      assertThat(Cidr.parse(cidr.toString())).isEqualTo(cidr);
    }
    assertThat(cidr.network().contains(cidr.address())).isTrue();
    assertThat(cidr.network().contains(cidr.last())).isTrue();
  }
}
