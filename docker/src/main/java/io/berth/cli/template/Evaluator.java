package io.berth.cli.template;

import io.berth.cli.template.Node.Base;
import io.berth.cli.template.Node.Command;
import io.berth.cli.template.Node.Operand;
import io.berth.cli.template.Node.Pipeline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Renders a tree for one value. For one use. */
final class Evaluator {
  private final StringBuilder out;
  private final Deque<Map<String, Object>> scopes = new ArrayDeque<>();
  private Object dot;

  /** What a range's body ended with. */
  private enum Flow {
    ON,
    BREAK,
    CONTINUE
  }

  Evaluator(StringBuilder out, Object value) {
    this.out = out;
    this.dot = value;
    scopes.push(new HashMap<>());
    scopes.peek().put("$", value);
  }

  void run(List<Node> nodes) {
    all(nodes);
  }

  private Flow all(List<Node> nodes) {
    for (Node node : nodes) {
      Flow flow = one(node);
      if (flow != Flow.ON) {
        return flow;
      }
    }
    return Flow.ON;
  }

  private Flow one(Node node) {
    if (node instanceof Node.Text text) {
      out.append(text.text());
    } else if (node instanceof Node.Print print) {
      Object value = value(print.pipeline());
      if (print.pipeline().variables().isEmpty()) {
        out.append(GoText.of(value));
      }
    } else if (node instanceof Node.Jump jump) {
      return jump.out() ? Flow.BREAK : Flow.CONTINUE;
    } else if (node instanceof Node.If branch) {
      return scoped(
          dot,
          () ->
              GoText.truth(value(branch.condition()))
                  ? all(branch.then())
                  : all(branch.otherwise()));
    } else if (node instanceof Node.With with) {
      return scoped(dot, () -> with(with));
    } else if (node instanceof Node.Range range) {
      return scoped(dot, () -> range(range));
    }
    return Flow.ON;
  }

  private Flow with(Node.With with) {
    Object value = value(with.value());
    return GoText.truth(value) ? scoped(value, () -> all(with.then())) : all(with.otherwise());
  }

  private Flow range(Node.Range range) {
    Object values = value(range.values().commands());
    List<Map.Entry<Object, Object>> entries = entries(values, range);
    if (entries.isEmpty()) {
      return all(range.none());
    }
    for (Map.Entry<Object, Object> entry : entries) {
      Flow flow =
          scoped(
              entry.getValue(),
              () -> {
                List<String> names = range.values().variables();
                if (names.size() == 1) {
                  scopes.peek().put(names.get(0), entry.getValue());
                } else if (names.size() == 2) {
                  scopes.peek().put(names.get(0), entry.getKey());
                  scopes.peek().put(names.get(1), entry.getValue());
                }
                return all(range.each());
              });
      if (flow == Flow.BREAK) {
        break;
      }
    }
    return Flow.ON;
  }

  private static List<Map.Entry<Object, Object>> entries(Object values, Node.Range range) {
    List<Map.Entry<Object, Object>> entries = new ArrayList<>();
    if (values instanceof Map<?, ?> map) {
      // Go ranges over a map in the order of its keys.
      new TreeMap<Object, Object>(map)
          .forEach((k, v) -> entries.add(new java.util.AbstractMap.SimpleEntry<>(k, v)));
    } else if (values instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        entries.add(new java.util.AbstractMap.SimpleEntry<>((long) i, list.get(i)));
      }
    } else if (values != null) {
      throw range
          .values()
          .commands()
          .get(0)
          .words()
          .get(0)
          .token()
          .error("range can't iterate over " + GoText.of(values));
    }
    return entries;
  }

  private Flow scoped(Object newDot, java.util.function.Supplier<Flow> body) {
    Object old = dot;
    dot = newDot;
    scopes.push(new HashMap<>());
    try {
      return body.get();
    } finally {
      scopes.pop();
      dot = old;
    }
  }

  private Object value(Pipeline pipeline) {
    Object value = value(pipeline.commands());
    for (String name : pipeline.variables()) {
      if (pipeline.declares()) {
        scopes.peek().put(name, value);
      } else {
        assign(name, value, pipeline);
      }
    }
    return value;
  }

  private void assign(String name, Object value, Pipeline pipeline) {
    for (Map<String, Object> scope : scopes) {
      if (scope.containsKey(name)) {
        scope.put(name, value);
        return;
      }
    }
    throw pipeline
        .commands()
        .get(0)
        .words()
        .get(0)
        .token()
        .error("undefined variable \"" + name + "\"");
  }

  private Object value(List<Command> commands) {
    Object value = null;
    for (int i = 0; i < commands.size(); i++) {
      value = value(commands.get(i), i > 0, value);
    }
    return value;
  }

  private Object value(Command command, boolean piped, Object last) {
    Operand first = command.words().get(0);
    List<Operand> rest = command.words().subList(1, command.words().size());
    Optional<Base> base = first.base();
    if (base.isPresent() && base.get() instanceof Base.Function function) {
      List<Object> arguments = new ArrayList<>();
      // and, or: what decides is the last that is looked at.
      for (Operand word : rest) {
        Object value = value(word);
        arguments.add(value);
        if (function.name().equals("and") && !GoText.truth(value)
            || function.name().equals("or") && GoText.truth(value)) {
          return value;
        }
      }
      if (piped) {
        arguments.add(last);
      }
      try {
        return fields(Functions.call(function.name(), arguments), first);
      } catch (Functions.Misuse e) {
        throw first.token().error("executing \"\" at <" + function.name() + ">: " + e.getMessage());
      }
    }
    if (!rest.isEmpty() || piped) {
      throw first.token().error("can't give argument to non-function " + first.token().text());
    }
    return value(first);
  }

  private Object value(Operand operand) {
    Object value = dot;
    if (operand.base().isPresent()) {
      Base base = operand.base().get();
      if (base instanceof Base.Constant constant) {
        value = constant.value();
      } else if (base instanceof Base.Variable variable) {
        value = variable(variable.name(), operand.token());
      } else if (base instanceof Base.Group group) {
        value = value(group.pipeline());
      } else {
        return value(new Command(List.of(operand)), false, null);
      }
    }
    return fields(value, operand);
  }

  private Object variable(String name, Token token) {
    for (Map<String, Object> scope : scopes) {
      if (scope.containsKey(name)) {
        return scope.get(name);
      }
    }
    throw token.error("undefined variable \"" + name + "\"");
  }

  private static Object fields(Object start, Operand operand) {
    Object value = start;
    StringBuilder path = new StringBuilder();
    for (String field : operand.fields()) {
      path.append('.').append(field);
      if (value == null) {
        throw operand
            .token()
            .error(
                "executing \"\" at <" + path + ">: nil data; no entry for key \"" + field + "\"");
      }
      if (!(value instanceof Map<?, ?> map)) {
        throw operand
            .token()
            .error(
                "executing \"\" at <"
                    + path
                    + ">: can't evaluate field "
                    + field
                    + " in "
                    + GoText.of(value));
      }
      if (!map.containsKey(field)) {
        throw operand
            .token()
            .error("executing \"\" at <" + path + ">: map has no entry for key \"" + field + "\"");
      }
      value = map.get(field);
    }
    return value;
  }
}
