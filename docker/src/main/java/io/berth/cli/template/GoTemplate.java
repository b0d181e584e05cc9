package io.berth.cli.template;

import io.berth.error.InvalidInputException;
import java.util.List;
import java.util.Map;

/**
 * A template in Go's text/template language, with the functions of docker's {@code --format}.
 *
 * <pre>{@code
 * GoTemplate.parse("{{.Name}}: {{json .Labels}}").render(Map.of("Name", "a", "Labels", Map.of()))
 * }</pre>
 *
 * Values are maps with string keys, lists, strings, booleans, longs, doubles and null.
 */
public final class GoTemplate {
  private final List<Node> nodes;

  private GoTemplate(List<Node> nodes) {
    this.nodes = nodes;
  }

  /**
   * @throws InvalidInputException when it is not a template; the message has line and column
   */
  public static GoTemplate parse(String source) {
    return new GoTemplate(TemplateParser.parse(source, Functions.NAMES));
  }

  /**
   * The text for one value.
   *
   * @throws InvalidInputException when the template asks for a field that the value does not have
   */
  public String render(Object value) {
    StringBuilder out = new StringBuilder();
    new Evaluator(out, value).run(nodes);
    return out.toString();
  }

  /** The fields of the value that the template names at its top, in their order. */
  public List<String> fields() {
    Map<String, Boolean> seen = new java.util.LinkedHashMap<>();
    for (Node node : nodes) {
      if (node instanceof Node.Print print) {
        print.pipeline().commands().stream()
            .flatMap(c -> c.words().stream())
            .filter(w -> w.base().isEmpty() && !w.fields().isEmpty())
            .forEach(w -> seen.put(w.fields().get(0), true));
      }
    }
    return List.copyOf(seen.keySet());
  }
}
