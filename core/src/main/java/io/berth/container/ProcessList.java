package io.berth.container;

import io.berth.api.ProcessTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Processes from /proc (proc(5)), in the columns of {@code ps -ef}. */
final class ProcessList {
  private static final List<String> TITLES =
      List.of("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD");
  private static final Path PROC = Path.of("/proc");
  private static final long TICKS = 100;
  private static final DateTimeFormatter TODAY = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
  private static final DateTimeFormatter EARLIER =
      DateTimeFormatter.ofPattern("MMMdd", Locale.ROOT);

  // The fields of /proc/PID/stat behind the command's name; the first of them is the third of all.
  private static final int PARENT = 1;
  private static final int TERMINAL = 4;
  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;
  private static final int START = 19;

  private final Map<Long, String> users = new HashMap<>();
  private final double uptime;
  private final Instant now = Instant.now();

  private ProcessList() {
    this.uptime =
        ContainerFiles.read(PROC.resolve("uptime"))
            .map(text -> Double.parseDouble(text.split(" ")[0]))
            .orElse(0.0);
    ContainerFiles.read(Path.of("/etc/passwd")).stream()
        .flatMap(String::lines)
        .map(line -> line.split(":"))
        .filter(f -> f.length > 2 && f[2].matches("\\d{1,10}"))
        .forEach(f -> users.putIfAbsent(Long.parseLong(f[2]), f[0]));
  }

  static ProcessTable of(List<Long> pids) {
    ProcessList list = new ProcessList();
    return new ProcessTable(
        TITLES, pids.stream().sorted().map(list::row).flatMap(Optional::stream).toList());
  }

  /** Empty when it has ended. */
  private Optional<List<String>> row(long pid) {
    Path directory = PROC.resolve(Long.toString(pid));
    Optional<String> stat = read(directory.resolve("stat"));
    Optional<String> status = read(directory.resolve("status"));
    if (stat.isEmpty() || status.isEmpty()) {
      return Optional.empty();
    }
    // A command's name may hold spaces and brackets.
    String text = stat.get();
    String name = text.substring(text.indexOf('(') + 1, text.lastIndexOf(')'));
    String[] f = text.substring(text.lastIndexOf(')') + 2).split(" ");
    long used = Long.parseLong(f[USER_TIME]) + Long.parseLong(f[SYSTEM_TIME]);
    double age = uptime - Double.parseDouble(f[START]) / TICKS;
    Duration time = Duration.ofSeconds(used / TICKS);
    return Optional.of(
        List.of(
            user(status.get()),
            Long.toString(pid),
            f[PARENT],
            Integer.toString(age <= 0 ? 0 : (int) Math.min(99, 100.0 * used / TICKS / age)),
            started(age),
            terminal(Integer.parseInt(f[TERMINAL])),
            "%02d:%02d:%02d".formatted(time.toHours(), time.toMinutesPart(), time.toSecondsPart()),
            command(directory).orElse("[" + name + "]")));
  }

  private String user(String status) {
    return status
        .lines()
        .filter(line -> line.startsWith("Uid:"))
        .map(line -> Long.parseLong(line.split("\\s+")[2]))
        .map(uid -> users.getOrDefault(uid, Long.toString(uid)))
        .findFirst()
        .orElse("?");
  }

  private String started(double age) {
    ZonedDateTime start =
        now.minus(Duration.ofMillis((long) (age * 1000))).atZone(ZoneId.systemDefault());
    return start.format(start.toLocalDate().equals(LocalDate.now()) ? TODAY : EARLIER);
  }

  private static String terminal(int device) {
    int major = device >> 8 & 0xfff;
    int minor = device & 0xff | device >> 12 & 0xfff00;
    if (major >= 136 && major < 144) {
      return "pts/" + ((major - 136) * 256 + minor);
    }
    return major == 4 ? "tty" + minor : "?";
  }

  private static Optional<String> command(Path directory) {
    return read(directory.resolve("cmdline"))
        .map(text -> text.replace('\0', ' ').strip())
        .filter(text -> !text.isEmpty());
  }

  /** Empty when the process has ended, also while its file was open. */
  private static Optional<String> read(Path file) {
    try {
      return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
