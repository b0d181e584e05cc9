package io.berth.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import org.junit.jupiter.api.Test;

class IdMapTest {
  private final IdMap map =
      IdMap.parse("         0       1000          1\n         1     100000      65536\n");

  @Test
  void idsAreTranslatedBothWays() {
    assertThat(map.outside(0)).isEqualTo(1000);
    assertThat(map.outside(1)).isEqualTo(100_000);
    assertThat(map.outside(65_536)).isEqualTo(165_535);
    assertThat(map.inside(1000)).isZero();
    assertThat(map.inside(100_041)).isEqualTo(42);
  }

  @Test
  void idsBeyondItHaveNoCounterpart() {
    assertThat(map.has(65_537)).isFalse();
    assertThat(map.inside(0)).isEqualTo(IdMap.NOBODY);
    assertThat(map.inside(165_536)).isEqualTo(IdMap.NOBODY);
    assertThatThrownBy(() -> map.outside(65_537))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("65537");
  }

  @Test
  void theIdentityChangesNothing() {
    assertThat(IdMap.identity().outside(3_000_000)).isEqualTo(3_000_000);
    assertThat(IdMap.identity().inside(7)).isEqualTo(7);
    assertThat(IdMap.identity().has(0xFFFF_FFFEL)).isTrue();
  }

  @Test
  void itIsWrittenAsNewuidmapTakesIt() {
    assertThat(map).hasToString("0 1000 1 1 100000 65536");
    assertThat(map.size()).isEqualTo(65_537);
  }
}
