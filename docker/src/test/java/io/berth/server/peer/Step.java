package io.berth.server.peer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of a table of requests: {@code METHOD PATH [BODY] [-> VARIABLE POINTER]}. The body is
 * JSON, or the name of a prepared one behind an @. {@code ${variable}} is a value that an earlier
 * answer gave, from each side its own. A line that begins with a dash prepares something and is not
 * compared.
 *
 * @param upgrade whether the connection is asked for, as by {@code UPGRADE PATH}
 * @param until whether to ask until the answer has the text of the body, {@code UNTIL PATH "TEXT"}
 */
record Step(
    String line,
    boolean compared,
    boolean upgrade,
    boolean until,
    String method,
    String path,
    String body,
    Optional<String> variable,
    String pointer) {
  /** Steps that follow each other on the same engines. */
  record Section(String name, List<Step> steps) {}

  private static final Pattern LINE =
      Pattern.compile(
          "(?<dash>- )?(?<method>[A-Z]+) (?<path>\\S+)( (?<body>[{\\[@\"].*?))?"
              + "( -> (?<variable>\\w+) (?<pointer>\\S+))?");

  static List<Section> parse(List<String> lines) {
    List<Section> sections = new ArrayList<>();
    for (String line : lines) {
      if (line.startsWith("[")) {
        sections.add(new Section(line.substring(1, line.indexOf(']')), new ArrayList<>()));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        sections.get(sections.size() - 1).steps().add(of(line.strip()));
      }
    }
    return sections;
  }

  private static Step of(String line) {
    Matcher m = LINE.matcher(line);
    if (!m.matches()) {
      throw new IllegalArgumentException("Not a request: " + line);
    }
    boolean upgrade = m.group("method").equals("UPGRADE");
    boolean until = m.group("method").equals("UNTIL");
    return new Step(
        line,
        m.group("dash") == null,
        upgrade,
        until,
        upgrade ? "POST" : until ? "GET" : m.group("method"),
        m.group("path"),
        Optional.ofNullable(m.group("body")).orElse(""),
        Optional.ofNullable(m.group("variable")),
        Optional.ofNullable(m.group("pointer")).orElse(""));
  }
}
