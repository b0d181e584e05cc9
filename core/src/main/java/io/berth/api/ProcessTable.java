package io.berth.api;

import java.util.List;

/**
 * The processes of a container, as ps(1) shows them.
 *
 * @param titles of the columns
 * @param rows one for each process, with as many values as there are titles
 */
public record ProcessTable(List<String> titles, List<List<String>> rows) {
  public ProcessTable {
    titles = List.copyOf(titles);
    rows = rows.stream().map(List::copyOf).toList();
  }
}
