package io.berth.container;

import io.berth.api.ProcessTable;
import io.berth.error.BerthException;
import io.berth.error.InvalidInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Shows processes as ps(1) does: the usual columns from /proc, others by the host's ps. */
final class Top {
  private static final String PID = "PID";
  private static final String LINES_OF_PS = "-o";

  private Top() {}

  static ProcessTable of(List<Long> pids, List<String> psArgs) {
    List<String> args =
        psArgs.stream().flatMap(a -> Arrays.stream(a.strip().split("\\s+"))).toList();
    if (args.isEmpty() || args.equals(List.of("")) || args.equals(List.of("-ef"))) {
      return ProcessList.of(pids);
    }
    return parse(ps(args), new HashSet<>(pids));
  }

  private static List<String> ps(List<String> args) {
    List<String> command = new ArrayList<>(List.of("ps"));
    command.addAll(args);
    try {
      Process ps = new ProcessBuilder(command).redirectErrorStream(true).start();
      ps.getOutputStream().close();
      String text = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (ps.waitFor() != 0) {
        throw new InvalidInputException(
            "\"" + String.join(" ", command) + "\" failed: " + text.strip());
      }
      return text.lines().toList();
    } catch (IOException e) {
      throw new BerthException(
          "Cannot run ps, which shows other columns than -ef does: install procps (" + e + ")", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BerthException("Interrupted while running ps", e);
    }
  }

  private static ProcessTable parse(List<String> lines, Set<Long> pids) {
    List<String> titles = lines.isEmpty() ? List.of() : fields(lines.get(0), Integer.MAX_VALUE);
    int pid = titles.indexOf(PID);
    if (pid < 0) {
      throw new InvalidInputException(
          "The output of ps has no column "
              + PID
              + ", so the container's processes cannot be told"
              + " from others: add it (ps "
              + LINES_OF_PS
              + " pid,...)");
    }
    List<List<String>> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      List<String> row = fields(line, titles.size());
      if (row.size() == titles.size()
          && row.get(pid).matches("\\d+")
          && pids.contains(Long.parseLong(row.get(pid)))) {
        rows.add(row);
      }
    }
    return new ProcessTable(titles, rows);
  }

  /** Separated by spaces, of which the last may have more. */
  private static List<String> fields(String line, int count) {
    return List.of(line.strip().split("\\s+", count == Integer.MAX_VALUE ? 0 : count));
  }
}
