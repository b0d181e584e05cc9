package io.berth.cli.template;

import io.berth.cli.template.Node.Base;
import io.berth.cli.template.Node.Command;
import io.berth.cli.template.Node.Operand;
import io.berth.cli.template.Node.Pipeline;
import io.berth.cli.template.Token.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes the tree of a template from its tokens. */
final class TemplateParser {
  private static final Set<String> KEYWORDS =
      Set.of(
          "if", "else", "end", "range", "with", "break", "continue", "define", "template", "block");

  private final List<Token> tokens;
  private final Set<String> functions;
  private int at;

  private TemplateParser(List<Token> tokens, Set<String> functions) {
    this.tokens = tokens;
    this.functions = functions;
  }

  /**
   * @param functions the names that may be called
   */
  static List<Node> parse(String source, Set<String> functions) {
    TemplateParser parser = new TemplateParser(Lexer.tokens(source), functions);
    List<Node> nodes = parser.list(0);
    if (!parser.peek().is(Kind.END)) {
      throw parser.tokens.get(parser.at + 1).error("unexpected {{" + parser.keyword() + "}}");
    }
    return nodes;
  }

  /** Nodes up to the end, or to an action that begins with {@code else} or {@code end}. */
  private List<Node> list(int ranges) {
    List<Node> nodes = new ArrayList<>();
    while (!peek().is(Kind.END)) {
      if (peek().is(Kind.TEXT)) {
        nodes.add(new Node.Text(take().text()));
        continue;
      }
      String keyword = keyword();
      if (keyword.equals("else") || keyword.equals("end")) {
        break;
      }
      nodes.add(action(keyword, ranges));
    }
    return List.copyOf(nodes);
  }

  /** The keyword that the action here begins with, or an empty string. */
  private String keyword() {
    int i = at + 1;
    while (tokens.get(i).is(Kind.SPACE)) {
      i++;
    }
    Token token = tokens.get(i);
    return token.is(Kind.NAME) && KEYWORDS.contains(token.text()) ? token.text() : "";
  }

  private Node action(String keyword, int ranges) {
    expect(Kind.OPEN);
    space();
    Token start = peek();
    if (!keyword.isEmpty()) {
      take();
    }
    return switch (keyword) {
      case "" -> {
        Pipeline pipeline = pipeline(Kind.CLOSE);
        yield new Node.Print(pipeline);
      }
      case "if", "with", "range" -> branch(keyword, ranges);
      case "break", "continue" -> {
        if (ranges == 0) {
          throw start.error("{{" + keyword + "}} outside {{range}}");
        }
        space();
        expect(Kind.CLOSE);
        yield new Node.Jump(keyword.equals("break"));
      }
      default -> throw start.error("{{" + keyword + "}} is not supported");
    };
  }

  private Node branch(String keyword, int ranges) {
    Token start = peek();
    Pipeline pipeline = pipeline(Kind.CLOSE);
    List<Node> then = list(ranges + (keyword.equals("range") ? 1 : 0));
    List<Node> otherwise = List.of();
    if (peek().is(Kind.END)) {
      throw start.error("unexpected EOF: {{" + keyword + "}} has no {{end}}");
    }
    String next = keyword();
    expect(Kind.OPEN);
    space();
    take();
    if (next.equals("else")) {
      space();
      if (peek().is(Kind.NAME) && peek().text().equals(keyword) && !keyword.equals("range")) {
        take();
        // Its end is this one's too.
        return node(keyword, pipeline, then, List.of(branch(keyword, ranges)));
      }
      expect(Kind.CLOSE);
      otherwise = list(ranges);
      if (peek().is(Kind.END) || !keyword().equals("end")) {
        throw start.error("{{" + keyword + "}} has no {{end}}");
      }
      expect(Kind.OPEN);
      space();
      take();
    }
    space();
    expect(Kind.CLOSE);
    return node(keyword, pipeline, then, otherwise);
  }

  private static Node node(String keyword, Pipeline value, List<Node> then, List<Node> otherwise) {
    return switch (keyword) {
      case "if" -> new Node.If(value, then, otherwise);
      case "with" -> new Node.With(value, then, otherwise);
      default -> new Node.Range(value, then, otherwise);
    };
  }

  private Pipeline pipeline(Kind end) {
    space();
    Token start = peek();
    List<String> variables = new ArrayList<>();
    boolean declares = false;
    int mark = at;
    while (peek().is(Kind.VARIABLE)) {
      variables.add(take().text());
      space();
      if (peek().is(Kind.ASSIGN)) {
        declares = take().text().equals(":=");
        mark = -1;
        break;
      }
      if (!peek().is(Kind.COMMA)) {
        break;
      }
      take();
      space();
    }
    if (mark >= 0) {
      at = mark;
      variables.clear();
    }
    List<Command> commands = new ArrayList<>();
    while (true) {
      commands.add(command());
      if (peek().is(Kind.PIPE)) {
        take();
      } else if (peek().is(end)) {
        take();
        break;
      } else {
        throw peek().error("unexpected " + name(peek()) + " in operand");
      }
    }
    if (commands.stream().anyMatch(c -> c.words().isEmpty())) {
      throw start.error("missing value for command");
    }
    return new Pipeline(List.copyOf(variables), declares, List.copyOf(commands));
  }

  private Command command() {
    List<Operand> words = new ArrayList<>();
    while (true) {
      space();
      Optional<Operand> word = operand();
      if (word.isEmpty()) {
        return new Command(List.copyOf(words));
      }
      words.add(word.get());
    }
  }

  private Optional<Operand> operand() {
    Token token = peek();
    Optional<Base> base;
    List<String> fields = new ArrayList<>();
    switch (token.kind()) {
      case DOT -> {
        take();
        return Optional.of(new Operand(Optional.empty(), List.of(), token));
      }
      case FIELD -> base = Optional.empty();
      case STRING -> base = Optional.of(new Base.Constant(take().text()));
      case NUMBER -> base = Optional.of(new Base.Constant(number(take())));
      case VARIABLE -> base = Optional.of(new Base.Variable(take().text()));
      case NAME -> base = Optional.of(named(take()));
      case LEFT -> {
        take();
        base = Optional.of(new Base.Group(pipeline(Kind.RIGHT)));
      }
      default -> {
        return Optional.empty();
      }
    }
    while (peek().is(Kind.FIELD)) {
      fields.add(take().text());
    }
    return Optional.of(new Operand(base, List.copyOf(fields), token));
  }

  private Base named(Token token) {
    return switch (token.text()) {
      case "true" -> new Base.Constant(true);
      case "false" -> new Base.Constant(false);
      case "nil" -> new Base.Constant(null);
      default -> {
        if (!functions.contains(token.text())) {
          throw token.error("function \"" + token.text() + "\" not defined");
        }
        yield new Base.Function(token.text());
      }
    };
  }

  private static Object number(Token token) {
    try {
      BigDecimal value = new BigDecimal(token.text());
      return value.scale() <= 0 ? (Object) value.longValueExact() : (Object) value.doubleValue();
    } catch (ArithmeticException | NumberFormatException e) {
      throw token.error("bad number syntax: \"" + token.text() + "\"");
    }
  }

  private static String name(Token token) {
    return token.is(Kind.END) ? "EOF" : "\"" + token.text() + "\"";
  }

  private void space() {
    while (peek().is(Kind.SPACE)) {
      at++;
    }
  }

  private Token peek() {
    return tokens.get(at);
  }

  private Token take() {
    return tokens.get(at++);
  }

  private void expect(Kind kind) {
    Token token = take();
    if (!token.is(kind)) {
      throw token.error("unexpected " + name(token));
    }
  }
}
