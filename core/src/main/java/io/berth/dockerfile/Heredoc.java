package io.berth.dockerfile;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A here-document: text inside of a Dockerfile, up to a line that holds its name alone.
 *
 * <pre>
 * COPY &lt;&lt;robots.txt /srv/
 * User-agent: *
 * robots.txt
 * </pre>
 *
 * @param name ends the text; of COPY and ADD also the file's name
 * @param content as in the Dockerfile, each line with its end
 * @param expands whether variables in the text of COPY and ADD are replaced: the name is not quoted
 * @param stripsTabs whether tabs at the beginning of lines do not count: {@code <<-}
 */
public record Heredoc(String name, String content, boolean expands, boolean stripsTabs) {
  private static final Pattern MARKER = Pattern.compile("(\\d*)<<(-?)\\s*([^<]*)", Pattern.DOTALL);
  private static final Pattern LEADING_TABS = Pattern.compile("(?m)^\t+");

  public Heredoc {
    Objects.requireNonNull(content, "content");
    if (name.isEmpty()) {
      throw new InvalidInputException("A here-document needs a name that ends it, such as EOF");
    }
  }

  /** The text of a file for COPY or ADD, without variables. */
  public static Heredoc file(String name, String content) {
    return new Heredoc(name, content.endsWith("\n") ? content : content + "\n", false, false);
  }

  /** The text without the tabs that do not count. */
  public String text() {
    return stripsTabs ? LEADING_TABS.matcher(content).replaceAll("") : content;
  }

  /** How an instruction announces it, such as {@code <<-"EOF"}. */
  String marker() {
    return "<<" + (stripsTabs ? "-" : "") + (expands ? name : '"' + name + '"');
  }

  Heredoc withContent(String lines) {
    return new Heredoc(name, lines, expands, stripsTabs);
  }

  /** Reads a word that may announce one. */
  static Optional<Heredoc> marker(String word) {
    Matcher m = MARKER.matcher(word);
    if (!m.matches() || m.group(3).isBlank()) {
      return Optional.empty();
    }
    String quoted = m.group(3).strip();
    String name;
    try {
      // The name is one word, and unset variables in it stay as they are.
      name = new ShellWords('\\', v -> Optional.of("$" + v)).expand(quoted);
    } catch (InvalidInputException e) {
      return Optional.empty();
    }
    if (name.isEmpty() || name.chars().anyMatch(Character::isWhitespace)) {
      return Optional.empty();
    }
    boolean expands = quotes(name) == quotes(quoted);
    return Optional.of(new Heredoc(name, "", expands, !m.group(2).isEmpty()));
  }

  private static long quotes(String text) {
    return text.chars().filter(c -> c == '"' || c == '\'').count();
  }

  /** The here-documents that a line announces, in order, without their text. */
  static List<Heredoc> announced(String line) {
    if (!line.contains("<<")) {
      return List.of();
    }
    List<Heredoc> found = new ArrayList<>();
    for (String word : Words.split(joinMarkers(line), '\\')) {
      marker(word).ifPresent(found::add);
    }
    return found;
  }

  /** Takes out blanks between {@code <<} and the name. */
  static String joinMarkers(String line) {
    return line.replaceAll("(?<=<<)(-?)[ \t]+(?=[^ \t<])", "$1");
  }
}
