package io.berth.dockerfile;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What {@code RUN --mount} names, as in the text: comma-separated options, whose values may hold
 * variables. {@link MountOptions} reads them.
 *
 * <pre>{@code
 * RunMount.cache("/root/.m2").with("sharing", "locked");
 * RunMount.secret("token").with("env", "TOKEN");
 * }</pre>
 */
public record RunMount(String text) {
  public RunMount {
    Objects.requireNonNull(text, "text");
  }

  /** Files of the context, or of a stage or image with {@code with("from", NAME)}. */
  public static RunMount bind(String source, String target) {
    return of("bind").with("source", source).with("target", target);
  }

  /** A directory that is kept from one build to the next. */
  public static RunMount cache(String target) {
    return of("cache").with("target", target);
  }

  /** An empty file system in memory. */
  public static RunMount tmpfs(String target) {
    return of("tmpfs").with("target", target);
  }

  /** A secret of the build, as a file of its name in {@code /run/secrets}. */
  public static RunMount secret(String id) {
    return of("secret").with("id", id);
  }

  /** The agent that holds the build's SSH keys. */
  public static RunMount ssh() {
    return of("ssh");
  }

  private static RunMount of(String type) {
    return new RunMount("type=" + type);
  }

  /** This with one more option; its value may hold variables. */
  public RunMount with(String option, String value) {
    String field = option + "=" + value;
    if (field.indexOf(',') >= 0 || field.indexOf('"') >= 0) {
      field = '"' + field.replace("\"", "\"\"") + '"';
    }
    StringBuilder word = new StringBuilder();
    for (char c : field.toCharArray()) {
      if (c == '\\' || c == '"' || c == '\'' || Character.isWhitespace(c)) {
        word.append('\\');
      }
      word.append(c);
    }
    return new RunMount(text + "," + word);
  }

  /**
   * The options by their names, in lower case; the value of one that is written alone, such as
   * {@code ro}, is empty. Quotes and escapes of the flag are taken away, then those of the list, in
   * which a value that holds a comma is in double quotes.
   */
  Map<String, String> options(char escape) {
    Map<String, String> options = new LinkedHashMap<>();
    for (String field : fields(plain(escape))) {
      int equals = field.indexOf('=');
      String name = equals < 0 ? field : field.substring(0, equals);
      options.put(name.toLowerCase(Locale.ROOT), equals < 0 ? "" : field.substring(equals + 1));
    }
    return options;
  }

  /** Where the files come from, as in the text; empty when it is not given. */
  public String from(char escape) {
    return options(escape).getOrDefault("from", "");
  }

  boolean hasVariables() {
    return text.indexOf('$') >= 0;
  }

  private String plain(char escape) {
    StringBuilder plain = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == escape && i + 1 < text.length()) {
        plain.append(text.charAt(++i));
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  private static List<String> fields(String text) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        if (quoted && text.startsWith("\"\"", i)) {
          field.append(c);
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == ',' && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    if (quoted) {
      throw new InvalidInputException("a closing \" is missing in " + text);
    }
    fields.add(field.toString());
    fields.removeIf(String::isEmpty);
    return fields;
  }
}
