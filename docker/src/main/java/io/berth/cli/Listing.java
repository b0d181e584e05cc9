package io.berth.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.cli.template.GoTemplate;
import io.berth.json.Json;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  private Map<String, Object> values(T item) {
    Map<String, Object> values = new LinkedHashMap<>();
    columns.forEach((field, column) -> values.put(field, column.value().apply(item)));
    return values;
  }

  private String json(T item) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    columns.keySet().stream()
        .sorted()
        .forEach(field -> node.put(field, columns.get(field).value().apply(item)));
    return Json.toString(node);
  }

  @Override
  public String toString() {
    return Arrays.toString(columns.keySet().toArray());
  }
}
