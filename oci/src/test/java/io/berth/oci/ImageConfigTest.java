package io.berth.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.berth.error.InvalidInputException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ImageConfigTest {
  private static final Digest A = Digest.sha256(new byte[] {'a'});
  private static final Digest B = Digest.sha256(new byte[] {'b'});
  private static final Instant NOW = Instant.parse("2024-01-31T12:00:00Z");
  private static final String FULL =
      "{'created':'2024-01-31T12:00:00Z','author':'me','architecture':'arm','os':'linux',"
          + "'os.version':'1','os.features':['f'],'variant':'v7','config':{'User':'1:2',"
          + "'ExposedPorts':{'53/udp':{},'80/tcp':{}},'Env':['PATH=/bin','A=b'],"
          + "'Entrypoint':['/e'],'Cmd':['c'],'Volumes':{'/data':{}},'WorkingDir':'/w',"
          + "'Labels':{'k':'v'},'StopSignal':'SIGQUIT','Healthcheck':{'Test':['CMD','true'],"
          + "'Interval':30000000000,'Retries':3},'OnBuild':['RUN x'],'Shell':['/bin/bash','-c'],"
          + "'ArgsEscaped':true,'Hostname':''},'rootfs':{'type':'layers','diff_ids':['"
          + A
          + "']},'history':[{'created':'2024-01-31T12:00:00Z','created_by':'COPY','author':'me',"
          + "'comment':'c'},{'created_by':'CMD','empty_layer':true}],"
          + "'docker_version':'20.10','moby':{'x':[1.50,null]}}";

  private static byte[] json(String text) {
    return text.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void everythingSurvivesARoundTripKnownOrNot() {
    ImageConfig config = ImageConfig.parse(json(FULL));

    assertThat(new String(config.toBytes(), StandardCharsets.UTF_8))
        .isEqualTo(new String(json(FULL), StandardCharsets.UTF_8));
    assertThat(config.toBuilder().build()).isEqualTo(config);
    assertThat(config.unknown().names()).containsExactly("docker_version", "moby");
    assertThat(config.config().unknown().names()).containsExactly("ArgsEscaped", "Hostname");
    assertThat(config.toBuilder().dropUnknown().build().unknown().isEmpty()).isTrue();
  }

  @Test
  void readsTheFields() {
    ImageConfig config = ImageConfig.parse(json(FULL));
    RunConfig run = config.config();

    assertThat(config.created()).contains(NOW);
    assertThat(config.platform()).hasToString("linux/arm/v7");
    assertThat(config.chainId()).contains(A);
    assertThat(config.history().get(1).emptyLayer()).isTrue();
    assertThat(run.user()).contains("1:2");
    assertThat(run.exposedPorts()).containsExactly("53/udp", "80/tcp");
    assertThat(run.envMap()).containsExactly(Map.entry("PATH", "/bin"), Map.entry("A", "b"));
    assertThat(run.healthcheck().orElseThrow().interval()).contains(Duration.ofSeconds(30));
    assertThat(run.healthcheck().orElseThrow().timeout()).isEmpty();
    assertThat(run.shell()).containsExactly("/bin/bash", "-c");
  }

  @Test
  void readsTheNullsAndEmptyTextsOfDocker() {
    String text =
        "{'architecture':'amd64','os':'linux','variant':'','author':'','config':{'User':'','Env':null,"
            + "'Cmd':null,'Entrypoint':null,'Volumes':null,'Labels':null,'OnBuild':null,"
            + "'ExposedPorts':{'80/tcp':null},'Healthcheck':{'Interval':0}},"
            + "'rootfs':{'type':'layers'},'created':'0001-01-01T00:00:00Z'}";

    ImageConfig config = ImageConfig.parse(json(text));

    assertThat(config.author()).isEmpty();
    assertThat(config.platform().variant()).isEmpty();
    assertThat(config.diffIds()).isEmpty();
    assertThat(config.chainId()).isEmpty();
    assertThat(config.config().cmd()).isEmpty();
    assertThat(config.config().exposedPorts()).containsExactly("80/tcp");
    assertThat(new String(config.toBytes(), StandardCharsets.UTF_8))
        .contains("\"created\":\"0001-01-01T00:00:00Z\"", "\"diff_ids\":[]");
  }

  @Test
  void derivesOneImageFromAnotherStepByStep() {
    ImageConfig base = ImageConfig.parse(json(FULL));

    ImageConfig next =
        base.toBuilder()
            .created(NOW)
            .config(
                base.config().toBuilder()
                    .env("A", "c=d")
                    .env("NEW", "")
                    .cmd(List.of())
                    .label("l", "m")
                    .exposePort("443/tcp")
                    .volume("/more")
                    .healthcheck(Healthcheck.none())
                    .build())
            .addLayer(B, History.of(NOW, "RUN make", false))
            .addStep(History.of(NOW, "CMD []", true))
            .build();

    assertThat(next.diffIds()).containsExactly(A, B);
    assertThat(next.chainId()).contains(ChainId.of(List.of(A, B)));
    assertThat(next.history()).hasSize(4);
    assertThat(next.config().env()).containsExactly("PATH=/bin", "A=c=d", "NEW=");
    assertThat(next.config().cmd()).isEmpty();
    assertThat(next.config().labels()).containsKeys("k", "l");
    assertThat(next.config().healthcheck().orElseThrow().isNone()).isTrue();
    assertThat(base.diffIds()).containsExactly(A);
    assertThat(ImageConfig.parse(next.toBytes())).isEqualTo(next);
  }

  @Test
  void historyAndLayersCannotContradictEachOther() {
    ImageConfig.Builder builder = ImageConfig.builder(new Platform("linux", "amd64"));

    assertThatThrownBy(() -> builder.addLayer(A, History.of(NOW, "x", true)))
        .isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> builder.addStep(History.of(NOW, "x", false)))
        .isInstanceOf(InvalidInputException.class);
    assertThat(builder.build().history()).isEmpty();
  }

  @Test
  void environmentNamesAreChecked() {
    RunConfig.Builder builder = RunConfig.builder();

    assertThatThrownBy(() -> builder.env("", "x")).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> builder.env("a=b", "x")).isInstanceOf(InvalidInputException.class);
    assertThatThrownBy(() -> builder.env("a", "\0")).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void anEmptyRunConfigIsAnEmptyObject() {
    assertThat(RunConfig.empty().toNode()).hasToString("{}");
    assertThat(
            Healthcheck.of(List.of("CMD", "x"))
                .equals(
                    new Healthcheck(
                        List.of("CMD", "x"),
                        Optional.of(Duration.ZERO),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(0))))
        .isTrue();
  }

  static Stream<Arguments> invalid() {
    return Stream.of(
        Arguments.of("{'os':'linux'}", "config.architecture: expected a string, found nothing"),
        Arguments.of(
            "{'os':'','architecture':'x'}", "config.os: expected an operating system, found \"\""),
        Arguments.of(
            "{'os':'linux','architecture':'x'}",
            "config.rootfs: expected an object, found nothing"),
        Arguments.of(
            FULL.replace("'layers'", "'tar'"),
            "config.rootfs.type: expected \"layers\", found \"tar\""),
        Arguments.of(
            FULL.replace(A.toString(), "sha256:1"), "config.rootfs.diff_ids[0]: expected a digest"),
        Arguments.of(
            FULL.replace("'Cmd':['c']", "'Cmd':'c'"),
            "config.config.Cmd: expected an array, found \"c\""),
        Arguments.of(
            FULL.replace("'Retries':3", "'Retries':-3"),
            "config.config.Healthcheck.Retries: expected 0 to 2147483647, found -3"),
        Arguments.of(
            FULL.replace("30000000000", "'30s'"),
            "config.config.Healthcheck.Interval: expected an integer"),
        Arguments.of(
            FULL.replace("'empty_layer':true", "'empty_layer':1"),
            "config.history[1].empty_layer: expected true or false, found 1"),
        Arguments.of(
            FULL.replace("'created':'2024-01-31T12:00:00Z','author'", "'created':'now','author'"),
            "config.created: expected a time"),
        Arguments.of(
            FULL.replace("'k':'v'", "'k':'v','k':'w'"),
            "config.config.Labels.k: expected valid JSON, found: Duplicate field 'k'"));
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void rejectsInvalidConfigsAndNamesTheField(String text, String message) {
    assertThatThrownBy(() -> ImageConfig.parse(json(text)))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining(message);
  }
}
