package io.berth.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.api.MountSpec;
import io.berth.api.MountSpec.ReadOnlyScope;
import io.berth.api.MountSpec.Type;
import io.berth.api.Propagation;
import io.berth.error.InvalidInputException;
import io.berth.volume.MountGrammar.VolumesFrom;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages are those of docker 28 and dockerd 20.10 for the same text. */
class MountGrammarTest {
  private static final Path HERE = Path.of("/here");

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "type=bind; target is required",
        "type=volume,target; invalid field 'target' must be a key=value pair",
        "foo=bar; unexpected key 'foo' in 'foo=bar'",
        "type=bind,source=/a,target=/b,ro=maybe; invalid value for ro: maybe",
        "type=tmpfs,target=/x,tmpfs-size=zz; invalid value for tmpfs-size: zz",
        "type=tmpfs,target=/x,tmpfs-mode=99; invalid value for tmpfs-mode: 99",
        "type=volume,target=/b,readonly; invalid mount config for type \"volume\": must not set"
            + " ReadOnly mode when using anonymous volumes",
        "type=volume,source=xx,target=b; invalid mount config for type \"volume\": invalid mount"
            + " path: 'b' mount path must be absolute",
        "type=volume,source=xx,target=/; invalid mount config for type \"volume\": invalid"
            + " specification: destination can't be '/'",
        "type=foo,target=/x; invalid mount config for type \"foo\": mount type unknown",
        "type=bind,target=/x; invalid mount config for type \"bind\": field Source must not be"
            + " empty",
        "type=tmpfs,source=/a,target=/x; invalid mount config for type \"tmpfs\": field Source"
            + " must not be specified",
        "type=bind,source=/tmp,target=/x,volume-nocopy; cannot mix 'volume-*' options with mount"
            + " type 'bind'",
        "type=bind,source=rel,target=/x; invalid mount config for type \"bind\": invalid mount"
            + " path: 'rel' mount path must be absolute",
        "type=bind,source=/tmp,target=/x,bind-propagation=foo; invalid mount config for type"
            + " \"bind\": invalid propagation mode: foo",
        "type=bind,source=/tmp,target=/x,bind-recursive=foo; invalid value for bind-recursive:"
            + " foo (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")",
        "type=bind,source=/tmp,target=/x,bind-recursive=writable; option"
            + " 'bind-recursive=writable' requires 'readonly' to be specified in conjunction",
        "type=bind,source=/tmp,target=/x,readonly,bind-recursive=readonly; option"
            + " 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in"
            + " conjunction",
        "\"a; parse error on line 1, column 3: extraneous or missing \" in quoted-field",
        "type=,target=/x; type is required",
      })
  void aMountThatMakesNoSenseIsRefusedInDockersWords(String text, String message) {
    assertThatThrownBy(() -> MountFlag.parse(text, HERE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  @Test
  void anEmptyMountIsRefused() {
    assertThatThrownBy(() -> MountFlag.parse("", HERE)).hasMessage("EOF");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = ';',
      value = {
        "/a:; invalid spec: /a:: empty section between colons",
        ":/a; invalid spec: :/a: empty section between colons",
        "/a:/b:/c; invalid mode: /c",
        "/a:/b:ro:z; invalid spec: /a:/b:ro:z: too many colons",
        "/a:/b:foo; invalid mode: foo",
        "xx:/y:ro,rw; invalid mode: ro,rw",
        "/foo:ro; invalid volume specification: '/foo:ro'",
        "/tmp:/; invalid volume specification: '/tmp:/': invalid mount config for type \"bind\":"
            + " invalid specification: destination can't be '/'",
        "/tmp:/x:nocopy; invalid volume specification: '/tmp:/x:nocopy': invalid mount config for"
            + " type \"bind\": field VolumeOptions must not be specified",
        "vol:/x:rshared; invalid volume specification: 'vol:/x:rshared': invalid mount config for"
            + " type \"volume\": field BindOptions must not be specified",
      })
  void aVolumeThatMakesNoSenseIsRefusedInDockersWords(String text, String message) {
    assertThatThrownBy(() -> MountGrammar.volume(text))
        .isInstanceOf(InvalidInputException.class)
        .hasMessage(message);
  }

  @Test
  void aVolumeIsSourceTargetAndMode() {
    assertThat(MountGrammar.volume("/data")).isEqualTo(anonymous("/data"));
    MountSpec bind = MountGrammar.volume("./a:/b:ro,rslave,z", HERE);
    assertThat(bind.type()).isEqualTo(Type.BIND);
    assertThat(bind.source()).startsWith("/here/a");
    assertThat(bind.readOnly()).isTrue();
    assertThat(bind.createSource()).isTrue();
    assertThat(bind.bind().propagation()).isEqualTo(Propagation.RSLAVE);
    MountSpec named = MountGrammar.volume("name:/b:nocopy");
    assertThat(named.type()).isEqualTo(Type.VOLUME);
    assertThat(named.source()).isEqualTo("name");
    assertThat(named.volume().noCopy()).isTrue();
  }

  private static MountSpec anonymous(String target) {
    MountSpec spec = MountSpec.volume("", target);
    return new MountSpec(
        spec.type(),
        "",
        target,
        false,
        true,
        spec.bind(),
        spec.volume(),
        spec.tmpfs(),
        spec.imageSubpath());
  }

  @Test
  void aMountIsReadWithAllItsOptions() {
    MountSpec volume =
        MountFlag.parse(
            "type=volume,src=v1,dst=/d,ro,volume-driver=dr,volume-opt=a=b,\"volume-opt=o=x,y\","
                + "volume-label=l=1,volume-subpath=s,volume-nocopy=true",
            HERE);
    assertThat(volume.source()).isEqualTo("v1");
    assertThat(volume.readOnly()).isTrue();
    assertThat(volume.volume().driver()).contains("dr");
    assertThat(volume.volume().driverOptions()).isEqualTo(Map.of("a", "b", "o", "x,y"));
    assertThat(volume.volume().labels()).isEqualTo(Map.of("l", "1"));
    assertThat(volume.volume().subpath()).isEqualTo("s");
    assertThat(volume.volume().noCopy()).isTrue();

    MountSpec bind =
        MountFlag.parse(
            "TYPE=Bind,source=.,target=/d,readonly,bind-recursive=readonly,"
                + "bind-propagation=rprivate",
            HERE);
    assertThat(bind.source()).isEqualTo("/here");
    assertThat(bind.createSource()).isFalse();
    assertThat(bind.bind().scope()).isEqualTo(ReadOnlyScope.ALL);
    assertThat(MountFlag.parse("type=bind,source=/,target=/d,bind-nonrecursive", HERE).bind())
        .extracting("recursive")
        .isEqualTo(false);

    MountSpec tmpfs = MountFlag.parse("type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=0700", HERE);
    assertThat(tmpfs.tmpfs().size()).contains(1L << 20);
    assertThat(tmpfs.tmpfs().mode()).contains(0700);

    MountSpec image = MountFlag.parse("type=image,source=bb,target=/i,image-subpath=etc", HERE);
    assertThat(image.imageSubpath()).isEqualTo("etc");
  }

  @Test
  void volumesFromIsAContainerAndAMode() {
    assertThat(MountGrammar.volumesFrom("c")).isEqualTo(new VolumesFrom("c", Optional.empty()));
    assertThat(MountGrammar.volumesFrom("c:ro,z"))
        .isEqualTo(new VolumesFrom("c", Optional.of(true)));
    assertThat(MountGrammar.volumesFrom("c:rw"))
        .isEqualTo(new VolumesFrom("c", Optional.of(false)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "c:x", "c:rshared", "c:nocopy"})
  void volumesFromInAnotherFormIsRefused(String text) {
    assertThatThrownBy(() -> MountGrammar.volumesFrom(text))
        .isInstanceOf(InvalidInputException.class);
  }
}
