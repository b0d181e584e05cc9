package io.berth.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.api.ContainerSpec;
import io.berth.api.LogOptions;
import io.berth.api.NetworkMode;
import io.berth.api.NetworkingSpec;
import io.berth.api.ProcessSpec;
import io.berth.api.RestartPolicy;
import io.berth.api.SandboxSpec;
import io.berth.json.Json;
import io.berth.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecJsonTest {
  private static final ContainerSpec SPEC =
      new ContainerSpec(
          "busybox",
          Digest.sha256(new byte[0]),
          List.of(),
          List.of("sh"),
          new ProcessSpec(List.of("sh"), List.of("A=b"), "/", ""),
          SandboxSpec.defaults("host", NetworkMode.NONE),
          NetworkingSpec.NONE,
          Map.of("l", "1"),
          List.of("80/tcp"),
          true,
          false,
          true,
          RestartPolicy.onFailure(3),
          LogOptions.jsonFile(4096, 3),
          Optional.empty(),
          "TERM",
          ContainerSpec.DEFAULT_STOP_TIMEOUT,
          Map.of());

  /** As written before logs had drivers, when they had only a flag, or now. */
  @ParameterizedTest
  @CsvSource({", json-file", "keep=true, json-file", "keep=false, none", "driver=local, local"})
  void logsOfEarlierVersionsAreRead(String field, String driver) {
    ObjectNode spec = (ObjectNode) SpecJson.write(SPEC);
    ObjectNode log = spec.putObject("log").put("maxSize", 4096).put("maxFiles", 3);
    if (field != null) {
      String[] parts = field.split("=");
      if (parts[0].equals("keep")) {
        log.put("keep", Boolean.parseBoolean(parts[1]));
      } else {
        log.put("driver", parts[1]);
      }
    }

    LogOptions read = read(spec).log();

    assertThat(read.driver()).isEqualTo(driver);
    assertThat(read.maxSize()).isEqualTo(4096);
    assertThat(read.maxFiles()).isEqualTo(3);
    assertThat(read.compress()).isFalse();
    assertThat(read.attributes()).isEmpty();
  }

  @Test
  void whatIsWrittenIsRead() {
    assertThat(read(SpecJson.write(SPEC))).isEqualTo(SPEC);
  }

  private static ContainerSpec read(JsonNode spec) {
    byte[] json = spec.toString().getBytes(StandardCharsets.UTF_8);
    return SpecJson.read(Json.parse("spec", json));
  }
}
