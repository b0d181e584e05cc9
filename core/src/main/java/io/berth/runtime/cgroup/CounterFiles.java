package io.berth.runtime.cgroup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of a group that say what it uses, in whichever of its trees they are. */
public final class CounterFiles {
  private final List<Path> directories;

  public CounterFiles(List<Path> directories) {
    this.directories = List.copyOf(directories);
  }

  private Optional<Path> find(String file) {
    return directories.stream().map(d -> d.resolve(file)).filter(Files::exists).findFirst();
  }

  public boolean has(String file) {
    return find(file).isPresent();
  }

  /** Empty when there is no such file. */
  public String text(String file) {
    return find(file).map(CgroupFiles::read).orElse("");
  }

  /** Empty when there is no such file, or it says {@code max}. */
  public Optional<Long> number(String file) {
    String text = text(file);
    return text.isEmpty() || text.equals("max") ? Optional.empty() : Optional.of(parse(text));
  }

  /** Lines of a name and a number; other lines are left out. */
  public Map<String, Long> pairs(String file) {
    Map<String, Long> all = new LinkedHashMap<>();
    for (String line : text(file).lines().toList()) {
      String[] pair = line.split(" ");
      if (pair.length == 2 && pair[1].matches("\\d+")) {
        all.put(pair[0], parse(pair[1]));
      }
    }
    return all;
  }

  /** v1 says "no limit" with a number that Java's long may just not hold. */
  private static long parse(String number) {
    try {
      return Long.parseLong(number);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }
}
