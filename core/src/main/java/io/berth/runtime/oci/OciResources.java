package io.berth.runtime.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.json.JsonWriter;
import io.berth.runtime.cgroup.Limits;
import io.berth.runtime.security.DeviceFilter;
import io.berth.runtime.security.DeviceRule;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Limits and device rules in the form of the runtime spec, {@code linux.resources}. */
final class OciResources {
  private static final DeviceRule NOTHING = DeviceRule.deny("a *:* rwm");

  private OciResources() {}

  static JsonNode write(Limits limits, DeviceFilter devices) {
    return new JsonWriter()
        .list(
            "devices",
            Stream.concat(Stream.of(NOTHING), devices.rules().stream()).toList(),
            OciResources::rule)
        .put(
            "memory",
            some(
                new JsonWriter()
                    .put("limit", of(limits.memory()))
                    .put("swap", of(limits.memorySwap()))
                    .put("reservation", of(limits.memoryReservation()))))
        .put(
            "cpu",
            some(
                new JsonWriter()
                    .put("shares", of(limits.cpuShares()))
                    .put("quota", of(limits.cpuQuota()))
                    .put("period", of(limits.cpuPeriod()))
                    .put("cpus", limits.cpusetCpus())
                    .put("mems", limits.cpusetMems())))
        .put("pids", some(new JsonWriter().put("limit", of(limits.pids()))))
        .toNode();
  }

  private static JsonNode rule(DeviceRule rule) {
    JsonWriter json = new JsonWriter().put("allow", rule.allow());
    if (rule.type() != DeviceRule.Type.ANY) {
      json.put("type", rule.typeLetter())
          .put("major", number(rule.major()))
          .put("minor", number(rule.minor()));
    }
    return json.put("access", rule.letters()).toNode();
  }

  private static Optional<Long> number(OptionalInt value) {
    return value.isPresent() ? Optional.of((long) value.getAsInt()) : Optional.empty();
  }

  private static Optional<Long> of(OptionalLong value) {
    return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
  }

  private static Optional<ObjectNode> some(JsonWriter json) {
    return Optional.of(json.toNode()).filter(node -> !node.isEmpty());
  }
}
