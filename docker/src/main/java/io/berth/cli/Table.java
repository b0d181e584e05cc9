package io.berth.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A table as docker prints it: columns at least ten wide, with three blanks between them. Control
 * characters in a cell are shown, not sent to the terminal.
 */
final class Table {
  private static final int LEAST_WIDTH = 10;
  private static final int GAP = 3;

  private final List<List<String>> rows = new ArrayList<>();

  Table(String... header) {
    rows.add(List.of(header));
  }

  void row(String... cells) {
    if (cells.length != rows.get(0).size()) {
      throw new IllegalArgumentException(
          cells.length + " cells in a table of " + rows.get(0).size() + " columns");
    }
    rows.add(Stream.of(cells).map(Plain::text).toList());
  }

  void print(PrintStream out) {
    int last = rows.get(0).size() - 1;
    int[] widths = new int[last];
    for (List<String> row : rows) {
      for (int i = 0; i < last; i++) {
        widths[i] = Math.max(widths[i], Math.max(LEAST_WIDTH, length(row.get(i)) + GAP));
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < last; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - length(row.get(i))));
      }
      out.println(line.append(row.get(last)));
    }
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
