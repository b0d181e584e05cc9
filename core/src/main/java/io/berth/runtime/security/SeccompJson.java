package io.berth.runtime.security;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.berth.json.JsonWriter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Writes profiles in the form of the OCI runtime spec, {@code linux.seccomp}. */
public final class SeccompJson {
  private SeccompJson() {}

  /** What a profile says for containers with these capabilities on this machine. */
  public static JsonNode write(
      SeccompProfile profile,
      CapabilitySet capabilities,
      Architecture architecture,
      KernelVersion kernel) {
    String nativeAbi = architecture.nativeAbi().profileName();
    List<String> architectures = new ArrayList<>(List.of(nativeAbi));
    architectures.addAll(new TreeSet<>(profile.architectures().getOrDefault(nativeAbi, Set.of())));
    JsonWriter json = action(new JsonWriter(), "default", profile.defaultAction());
    return json.strings("architectures", architectures)
        .list(
            "syscalls",
            profile.rules().stream()
                .filter(rule -> rule.applies(capabilities, architecture, kernel))
                .toList(),
            SeccompJson::rule)
        .toNode();
  }

  private static JsonNode rule(SeccompRule rule) {
    JsonWriter json = new JsonWriter().strings("names", rule.names());
    return action(json, "", rule.action())
        .list("args", rule.arguments(), SeccompJson::argument)
        .toNode();
  }

  private static JsonWriter action(JsonWriter json, String prefix, SeccompAction action) {
    boolean bare = prefix.isEmpty();
    json.put(bare ? "action" : prefix + "Action", action.type().profileName());
    return action.type().takesData()
        ? json.put(bare ? "errnoRet" : prefix + "ErrnoRet", action.data())
        : json;
  }

  private static JsonNode argument(SeccompArgument argument) {
    return new JsonWriter()
        .put("index", argument.index())
        .put("value", unsigned(argument.value()))
        .put("valueTwo", unsigned(argument.valueTwo()))
        .put("op", argument.operator().profileName())
        .toNode();
  }

  private static JsonNode unsigned(long value) {
    return JsonNodeFactory.instance.numberNode(new BigInteger(Long.toUnsignedString(value)));
  }
}
