package io.berth.dockerfile;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Expands words as a Dockerfile does: quotes, escapes, and {@code $v ${v} ${v:-x} ${v-x} ${v:+x}
 * ${v+x} ${v:?x} ${v?x} ${v#p} ${v##p} ${v%p} ${v%%p} ${v/p/r} ${v//p/r}} (Dockerfile reference,
 * "Environment replacement").
 */
public final class ShellWords {
  private final char escape;
  private final Variables variables;

  /** Looks a variable up. */
  @FunctionalInterface
  public interface Variables {
    Optional<String> get(String name);
  }

  public ShellWords(char escape, Variables variables) {
    this.escape = escape;
    this.variables = variables;
  }

  /**
   * Expands one word, which stays one word.
   *
   * @throws InvalidInputException for a bad substitution, or {@code ${v:?message}} of what is not
   *     set
   */
  public String expand(String word) {
    return String.join("", new Scan(word, false).run());
  }

  /** Replaces variables in a text whose quotes mean nothing: that of a here-document. */
  public String expandText(String text) {
    Scan scan = new Scan(text, false);
    scan.quotes = false;
    return String.join("", scan.run());
  }

  /** Expands a word that becomes several where an unquoted variable holds blanks. */
  public List<String> split(String word) {
    return new Scan(word, true).run();
  }

  /** A word that stands for a text as it is, with the usual escape character. */
  public static String quote(String text) {
    return quote(text, '\\');
  }

  /** A word that stands for a text as it is. */
  public static String quote(String text, char escape) {
    boolean plain = !text.isEmpty() && text.chars().allMatch(ShellWords::isPlain);
    if (plain) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '$' || c == escape) {
        quoted.append(escape);
      }
      quoted.append(c);
    }
    return quoted.append('"').toString();
  }

  private static boolean isPlain(int c) {
    return c > ' ' && c != 0x7f && "\"'$\\`=#".indexOf(c) < 0 && c < 0x80;
  }

  private static boolean isName(char c, boolean first) {
    return c == '_' || c < 0x80 && (Character.isLetter(c) || !first && Character.isDigit(c));
  }

  /** One pass over one text. */
  private final class Scan {
    private final String text;
    private final boolean splitting;
    private final List<String> words = new ArrayList<>();
    private StringBuilder word = new StringBuilder();
    private boolean begun;
    private boolean keepEscapes;
    private boolean quotes = true;
    private int at;

    Scan(String text, boolean splitting) {
      this.text = text;
      this.splitting = splitting;
    }

    List<String> run() {
      upTo("");
      end();
      return words;
    }

    private void end() {
      if (begun || !splitting) {
        words.add(word.toString());
      }
      word = new StringBuilder();
      begun = false;
    }

    private void add(String part) {
      begun = true;
      word.append(part);
    }

    /** Handles everything up to one of the given characters, which is not consumed. */
    private void upTo(String stops) {
      while (at < text.length() && stops.indexOf(text.charAt(at)) < 0) {
        char c = text.charAt(at);
        if (quotes && c == '\'') {
          singleQuoted();
        } else if (quotes && c == '"') {
          doubleQuoted();
        } else if (c == '$') {
          unquotedVariable();
        } else if (c == escape) {
          at++;
          if (at < text.length()) {
            add((keepEscapes ? "" + c : "") + text.charAt(at++));
          }
        } else if (splitting && Character.isWhitespace(c)) {
          at++;
          end();
        } else {
          add(String.valueOf(c));
          at++;
        }
      }
    }

    private void singleQuoted() {
      int close = text.indexOf('\'', at + 1);
      if (close < 0) {
        throw bad("a closing ' is missing");
      }
      add(text.substring(at + 1, close));
      at = close + 1;
    }

    private void doubleQuoted() {
      add("");
      at++;
      while (at < text.length() && text.charAt(at) != '"') {
        char c = text.charAt(at);
        if (c == '$') {
          add(variable());
        } else if (c == escape && at + 1 < text.length()) {
          char next = text.charAt(at + 1);
          // Inside quotes only these three lose their meaning by an escape.
          boolean escaped = next == '"' || next == '$' || next == escape;
          add(escaped && !keepEscapes ? "" + next : "" + c + next);
          at += 2;
        } else {
          add(String.valueOf(c));
          at++;
        }
      }
      if (at >= text.length()) {
        throw bad("a closing \" is missing");
      }
      at++;
    }

    private void unquotedVariable() {
      String value = variable();
      if (!splitting) {
        add(value);
        return;
      }
      for (char c : value.toCharArray()) {
        if (Character.isWhitespace(c)) {
          end();
        } else {
          add(String.valueOf(c));
        }
      }
    }

    /** At a dollar sign. */
    private String variable() {
      at++;
      if (at >= text.length()) {
        return "$";
      }
      if (text.charAt(at) != '{') {
        String name = name();
        return name.isEmpty() ? "$" : variables.get(name).orElse("");
      }
      at++;
      String name = name();
      if (name.isEmpty() || at >= text.length()) {
        throw bad("expected a variable's name and } after ${");
      }
      String value = substitution(name);
      if (at >= text.length() || text.charAt(at) != '}') {
        throw bad("a closing } is missing");
      }
      at++;
      return value;
    }

    private String name() {
      int start = at;
      if (at < text.length()
          && (Character.isDigit(text.charAt(at)) || isSpecial(text.charAt(at)))) {
        at++; // positional and special parameters are never set
        while (isDigit(text.charAt(start)) && at < text.length() && isDigit(text.charAt(at))) {
          at++;
        }
        return text.substring(start, at);
      }
      while (at < text.length() && isName(text.charAt(at), at == start)) {
        at++;
      }
      return text.substring(start, at);
    }

    private boolean isDigit(char c) {
      return c >= '0' && c <= '9';
    }

    private boolean isSpecial(char c) {
      return "@*#?-$!".indexOf(c) >= 0;
    }

    private String substitution(String name) {
      Optional<String> set = variables.get(name);
      char c = text.charAt(at);
      boolean colon = c == ':';
      if (c == '}') {
        return set.orElse("");
      }
      if (colon) {
        at++;
        c = at < text.length() ? text.charAt(at) : ' ';
      }
      switch (c) {
        case '-', '+', '?' -> {
          at++;
          String word = nested("}");
          Optional<String> present = colon ? set.filter(v -> !v.isEmpty()) : set;
          return switch (c) {
            case '-' -> present.orElse(word);
            case '+' -> present.isPresent() ? word : "";
            default ->
                present.orElseThrow(
                    () -> bad(name + ": " + (word.isEmpty() ? unsatisfied(set) : word)));
          };
        }
        case '#', '%' -> {
          if (!colon) {
            at++;
            boolean greedy = at < text.length() && text.charAt(at) == c;
            at += greedy ? 1 : 0;
            return ShellPattern.of(pattern("}"), escape).strip(set.orElse(""), c == '#', greedy);
          }
        }
        case '/' -> {
          if (!colon) {
            at++;
            boolean all = at < text.length() && text.charAt(at) == '/';
            at += all ? 1 : 0;
            ShellPattern pattern = ShellPattern.of(pattern("/}"), escape);
            String replacement = "";
            if (at < text.length() && text.charAt(at) == '/') {
              at++;
              replacement = nested("}");
            }
            return pattern.replace(set.orElse(""), replacement, all);
          }
        }
        default -> {}
      }
      throw bad("unsupported modifier " + (colon ? ":" : "") + c + " in substitution");
    }

    private String unsatisfied(Optional<String> set) {
      return "is not allowed to be " + (set.isPresent() ? "empty" : "unset");
    }

    /** The word of a substitution, expanded, up to a character that ends it. */
    private String nested(String stops) {
      return nested(stops, false);
    }

    /** Like a word, but escapes stay: the pattern has its own use for them. */
    private String pattern(String stops) {
      return nested(stops, true);
    }

    private String nested(String stops, boolean keepEscapes) {
      Scan inner = new Scan(text, false);
      inner.quotes = quotes;
      inner.keepEscapes = keepEscapes;
      inner.at = at;
      inner.upTo(stops);
      at = inner.at;
      return inner.word.toString();
    }

    private InvalidInputException bad(String what) {
      return new InvalidInputException("Cannot expand " + text + ": " + what);
    }
  }
}
