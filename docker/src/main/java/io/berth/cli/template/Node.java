package io.berth.cli.template;

import java.util.List;
import java.util.Optional;

/** The tree of a parsed template. */
sealed interface Node {
  /** Text as it is. */
  record Text(String text) implements Node {}

  /** A pipeline whose value is printed, unless it only sets a variable. */
  record Print(Pipeline pipeline) implements Node {}

  record If(Pipeline condition, List<Node> then, List<Node> otherwise) implements Node {}

  record With(Pipeline value, List<Node> then, List<Node> otherwise) implements Node {}

  record Range(Pipeline values, List<Node> each, List<Node> none) implements Node {}

  /** {@code break} or {@code continue} of a range. */
  record Jump(boolean out) implements Node {}

  /**
   * Commands of which each takes the value of the one before as its last argument.
   *
   * @param variables that take the value, none to two (those of a range)
   * @param declares whether they are new ones
   */
  record Pipeline(List<String> variables, boolean declares, List<Command> commands) {}

  /** A function with arguments, or one value. */
  record Command(List<Operand> words) {}

  /**
   * A value with the fields that are taken of it.
   *
   * @param base the value: a constant, variable, function's name or pipeline; the dot when absent
   */
  record Operand(Optional<Base> base, List<String> fields, Token token) {}

  /** Where an operand begins. */
  sealed interface Base {
    record Constant(Object value) implements Base {}

    record Variable(String name) implements Base {}

    record Function(String name) implements Base {}

    record Group(Pipeline pipeline) implements Base {}
  }
}
