package io.berth.runtime.security;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.berth.error.InvalidInputException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** Reads Docker's profile format; every error names the place in the file. */
final class SeccompProfileReader {
  private static final Set<String> PROFILE_FIELDS =
      Set.of("defaultAction", "defaultErrnoRet", "architectures", "archMap", "syscalls", "flags");
  private static final Set<String> RULE_FIELDS =
      Set.of("name", "names", "action", "errnoRet", "args", "comment", "includes", "excludes");
  private static final Set<String> ARGUMENT_FIELDS = Set.of("index", "value", "valueTwo", "op");
  private static final Set<String> CONDITION_FIELDS = Set.of("caps", "arches", "minKernel");
  private static final Set<String> ARCH_FIELDS = Set.of("architecture", "subArchitectures");
  private static final BigInteger MAX_VALUE = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);

  private final JsonMapper mapper =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  SeccompProfile read(byte[] json) {
    JsonNode root;
    try {
      root = mapper.readTree(json);
    } catch (IOException e) {
      throw new InvalidInputException(
          "The seccomp profile is not valid JSON: " + e.getMessage(), e);
    }
    object(root, "(top)", PROFILE_FIELDS);
    SeccompAction defaultAction = action(root, "defaultAction", "defaultErrnoRet", "(top)");
    List<SeccompRule> rules =
        list(root.get("syscalls"), "syscalls", (node, where) -> rule(node, where));
    return new SeccompProfile(defaultAction, architectures(root), rules, flags(root));
  }

  private Map<String, Set<String>> architectures(JsonNode root) {
    Map<String, Set<String>> map = new HashMap<>();
    if (present(root.get("archMap")) && present(root.get("architectures"))) {
      throw invalid("(top)", "has both \"architectures\" and \"archMap\"; use one of them");
    }
    if (present(root.get("architectures"))) {
      Set<String> all = Set.copyOf(texts(root.get("architectures"), "architectures"));
      for (String name : all) {
        map.put(name, all);
      }
      // The native calls are always filtered, whether or not the list has them.
      for (SyscallAbi abi : SyscallAbi.values()) {
        map.putIfAbsent(abi.profileName(), all);
      }
      return map;
    }
    list(
        root.get("archMap"),
        "archMap",
        (node, where) -> {
          object(node, where, ARCH_FIELDS);
          map.put(
              text(node.get("architecture"), where + ".architecture"),
              Set.copyOf(texts(node.get("subArchitectures"), where + ".subArchitectures")));
          return where;
        });
    return map;
  }

  private int flags(JsonNode root) {
    if (!present(root.get("flags"))) {
      return SeccompProfile.FLAG_SPEC_ALLOW;
    }
    int flags = 0;
    for (String flag : texts(root.get("flags"), "flags")) {
      flags |=
          switch (flag) {
            // All threads at once: the launcher has one thread when it loads the filter.
            case "SECCOMP_FILTER_FLAG_TSYNC" -> 0;
            case "SECCOMP_FILTER_FLAG_LOG" -> SeccompProfile.FLAG_LOG;
            case "SECCOMP_FILTER_FLAG_SPEC_ALLOW" -> SeccompProfile.FLAG_SPEC_ALLOW;
            default -> throw invalid("flags", "has the unknown flag \"" + flag + "\"");
          };
    }
    return flags;
  }

  private SeccompRule rule(JsonNode node, String where) {
    object(node, where, RULE_FIELDS);
    List<String> names = new ArrayList<>(texts(node.get("names"), where + ".names"));
    if (present(node.get("name"))) {
      if (!names.isEmpty()) {
        throw invalid(where, "has both \"name\" and \"names\"; use one of them");
      }
      names.add(text(node.get("name"), where + ".name"));
    }
    if (names.isEmpty()) {
      throw invalid(where, "names no system call; give \"names\"");
    }
    return new SeccompRule(
        names,
        action(node, "action", "errnoRet", where),
        list(node.get("args"), where + ".args", this::argument),
        present(node.get("comment"))
            ? Optional.of(text(node.get("comment"), where + ".comment"))
            : Optional.empty(),
        condition(node.get("includes"), where + ".includes"),
        condition(node.get("excludes"), where + ".excludes"));
  }

  private SeccompAction action(JsonNode node, String field, String errnoField, String where) {
    String name = text(node.get(field), where + "." + field);
    try {
      SeccompAction.Type type = SeccompAction.Type.parse(name);
      if (!present(node.get(errnoField))) {
        return SeccompAction.of(type);
      }
      int data = (int) number(node.get(errnoField), where + "." + errnoField, 0xffff);
      return new SeccompAction(type, type.takesData() ? data : 0);
    } catch (InvalidInputException e) {
      throw invalid(where + "." + field, e.getMessage());
    }
  }

  private SeccompArgument argument(JsonNode node, String where) {
    object(node, where, ARGUMENT_FIELDS);
    try {
      return new SeccompArgument(
          (int) number(node.get("index"), where + ".index", 5),
          value(node.get("value"), where + ".value"),
          present(node.get("valueTwo")) ? value(node.get("valueTwo"), where + ".valueTwo") : 0,
          SeccompArgument.Operator.parse(text(node.get("op"), where + ".op")));
    } catch (InvalidInputException e) {
      throw e.getMessage().startsWith("Seccomp profile") ? e : invalid(where, e.getMessage());
    }
  }

  private SeccompRule.Condition condition(JsonNode node, String where) {
    if (!present(node)) {
      return SeccompRule.Condition.NONE;
    }
    object(node, where, CONDITION_FIELDS);
    CapabilitySet capabilities = CapabilitySet.none();
    try {
      for (String name : texts(node.get("caps"), where + ".caps")) {
        capabilities = new CapabilitySet(capabilities.mask() | Capability.parse(name).mask());
      }
      return new SeccompRule.Condition(
          capabilities,
          texts(node.get("arches"), where + ".arches"),
          present(node.get("minKernel"))
              ? Optional.of(KernelVersion.parse(text(node.get("minKernel"), where + ".minKernel")))
              : Optional.empty());
    } catch (InvalidInputException e) {
      throw e.getMessage().startsWith("Seccomp profile") ? e : invalid(where, e.getMessage());
    }
  }

  private static boolean present(JsonNode node) {
    return node != null && !node.isNull();
  }

  private static void object(JsonNode node, String where, Set<String> fields) {
    if (!present(node) || !node.isObject()) {
      throw invalid(where, "is not an object");
    }
    Set<String> unknown = new HashSet<>();
    for (Iterator<String> names = node.fieldNames(); names.hasNext(); ) {
      unknown.add(names.next());
    }
    unknown.removeAll(fields);
    if (!unknown.isEmpty()) {
      throw invalid(where, "has unknown fields " + unknown + "; known are " + fields);
    }
  }

  private static <T> List<T> list(
      JsonNode node, String where, BiFunction<JsonNode, String, T> element) {
    if (!present(node)) {
      return List.of();
    }
    if (!node.isArray()) {
      throw invalid(where, "is not a list");
    }
    List<T> result = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      result.add(element.apply(node.get(i), where + "[" + i + "]"));
    }
    return result;
  }

  private static List<String> texts(JsonNode node, String where) {
    return list(node, where, SeccompProfileReader::text);
  }

  private static String text(JsonNode node, String where) {
    if (!present(node) || !node.isTextual() || node.textValue().isEmpty()) {
      throw invalid(where, "is missing or not a text");
    }
    return node.textValue();
  }

  private static long number(JsonNode node, String where, long max) {
    if (!present(node)
        || !node.isIntegralNumber()
        || !node.canConvertToLong()
        || node.longValue() < 0
        || node.longValue() > max) {
      throw invalid(where, "is not a number from 0 to " + max);
    }
    return node.longValue();
  }

  private static long value(JsonNode node, String where) {
    if (!present(node)
        || !node.isIntegralNumber()
        || node.bigIntegerValue().signum() < 0
        || node.bigIntegerValue().compareTo(MAX_VALUE) > 0) {
      throw invalid(where, "is not a number from 0 to " + MAX_VALUE);
    }
    return node.bigIntegerValue().longValue();
  }

  private static InvalidInputException invalid(String where, String problem) {
    return new InvalidInputException("Seccomp profile: " + where + " " + problem);
  }
}
