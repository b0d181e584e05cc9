package io.berth.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.cli.template.GoTemplate;
import io.berth.json.Json;
import java.io.PrintStream;
import java.util.AbstractMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A list as {@code --format} asks for it: a table of docker's columns, a table of others, a line
 * for each from a template, or JSON.
 *
 * @param <T> what is listed
 */
final class Listing<T> {
  private static final String TABLE = "table";

  private final String standard;
  private final Map<String, Column<T>> columns = new LinkedHashMap<>();

  private record Column<T>(String header, Function<T, String> value) {}

  /**
   * @param standard the template of the usual table, fields separated by tabs
   */
  Listing(String standard) {
    this.standard = standard;
  }

  Listing<T> column(String field, String header, Function<T, String> value) {
    columns.put(field, new Column<>(header, value));
    return this;
  }

  /**
   * @param format {@code table}, {@code table TEMPLATE}, {@code json}, a template, or empty
   */
  void print(PrintStream out, String format, List<T> items) {
    if (format.equals("json")) {
      items.forEach(item -> out.println(json(item)));
    } else if (format.isEmpty() || format.equals(TABLE)) {
      table(out, standard, items);
    } else if (format.startsWith(TABLE + " ")) {
      table(out, unescape(format.substring(TABLE.length() + 1)), items);
    } else {
      GoTemplate template = GoTemplate.parse(unescape(format));
      items.forEach(item -> out.println(template.render(values(item))));
    }
  }

  private void table(PrintStream out, String text, List<T> items) {
    GoTemplate template = GoTemplate.parse(text);
    Map<String, Object> headers = new LinkedHashMap<>();
    columns.forEach((field, column) -> headers.put(field, column.header()));
    Table table = new Table(cells(template.render(headers)));
    items.forEach(item -> table.row(cells(template.render(values(item)))));
    table.print(out);
  }

  private static String[] cells(String line) {
    return line.split("\t", -1);
  }

  /** Shells pass {@code \t} on as it is. */
  private static String unescape(String format) {
    return format.replace("\\t", "\t").replace("\\n", "\n");
  }

  /** Looked up when a template asks for them: some are dear. */
  private Map<String, Object> values(T item) {
    return new AbstractMap<>() {
      @Override
      public boolean containsKey(Object field) {
        return columns.containsKey(field);
      }

      @Override
      public Object get(Object field) {
        return containsKey(field) ? columns.get(field).value().apply(item) : null;
      }

      @Override
      public Set<Entry<String, Object>> entrySet() {
        Set<Entry<String, Object>> all = new LinkedHashSet<>();
        columns.keySet().forEach(field -> all.add(Map.entry(field, get(field))));
        return all;
      }
    };
  }

  private String json(T item) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    columns.keySet().stream()
        .sorted()
        .forEach(field -> node.put(field, columns.get(field).value().apply(item)));
    return Json.toString(node);
  }
}
