package io.berth.server.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The parameters of an address, in the forms that dockerd takes. */
public final class Query {
  private static final Set<String> FALSE = Set.of("", "0", "no", "false", "none");

  private final Map<String, List<String>> values = new LinkedHashMap<>();

  private Query() {}

  /**
   * Parses what follows the question mark.
   *
   * @throws HttpError 400 for a broken escape
   */
  public static Query parse(String text) {
    Query query = new Query();
    for (String part : text.split("&")) {
      if (part.isEmpty()) {
        continue;
      }
      if (part.indexOf(';') >= 0) {
        throw HttpError.badRequest("invalid semicolon separator in query");
      }
      int equals = part.indexOf('=');
      String name = decode(equals < 0 ? part : part.substring(0, equals), true);
      String value = equals < 0 ? "" : decode(part.substring(equals + 1), true);
      query.values.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
    }
    return query;
  }

  /** Percent-decodes; strict, for {@code URLDecoder} lets broken text through. */
  static String decode(String text, boolean plusIsSpace) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer decoded = ByteBuffer.allocate(bytes.length);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '%') {
        int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
        int low = i + 2 < bytes.length ? Character.digit(bytes[i + 2], 16) : -1;
        if (i + 2 >= bytes.length || high < 0 || low < 0) {
          String shown = text.substring(Math.min(i, text.length()), Math.min(i + 3, text.length()));
          throw HttpError.badRequest("invalid URL escape \"" + shown + "\"");
        }
        decoded.put((byte) (high << 4 | low));
        i += 2;
      } else {
        decoded.put(bytes[i] == '+' && plusIsSpace ? (byte) ' ' : bytes[i]);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(decoded.flip()).toString();
    } catch (CharacterCodingException e) {
      throw new HttpError(400, "invalid URL: not UTF-8", e);
    }
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** The first value; empty when there is none. */
  public String get(String name) {
    return values.containsKey(name) ? values.get(name).get(0) : "";
  }

  /** The first value, unless it is empty. */
  public Optional<String> optional(String name) {
    return Optional.of(get(name)).filter(v -> !v.isEmpty());
  }

  public List<String> all(String name) {
    return List.copyOf(values.getOrDefault(name, List.of()));
  }

  /** False for nothing, {@code 0}, {@code no}, {@code false} and {@code none}; else true. */
  public boolean flag(String name) {
    return !FALSE.contains(get(name).strip().toLowerCase(Locale.ROOT));
  }

  /** As {@link #flag}, with a value for a parameter that is not there. */
  public boolean flag(String name, boolean absent) {
    return has(name) ? flag(name) : absent;
  }

  /**
   * A whole number.
   *
   * @throws HttpError 400 when it is none
   */
  public Optional<Long> number(String name) {
    return optional(name)
        .map(
            text -> {
              try {
                return Long.parseLong(text);
              } catch (NumberFormatException e) {
                throw new HttpError(
                    400, "invalid value for " + name + ": \"" + text + "\" is no whole number", e);
              }
            });
  }
}
