package io.berth.api;

import io.berth.error.InvalidInputException;
import io.berth.text.ByteSize;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How a container's output is kept: by one of Docker's drivers {@code json-file}, {@code local},
 * which here is the same with limits of its own, or {@code none}.
 *
 * <pre>{@code
 * LogOptions.parse("json-file", Map.of("max-size", "10m", "max-file", "3", "labels", "team"))
 * }</pre>
 *
 * @param maxSize of one file, in bytes; 0 for no limit
 * @param maxFiles how many files, the one being written included
 * @param compress whether files that are no longer written to are compressed, but for the last
 * @param attributes what each line has besides: {@code labels}, {@code labels-regex}, {@code env},
 *     {@code env-regex} and {@code tag}, as docker's options of these names
 */
public record LogOptions(
    String driver, long maxSize, int maxFiles, boolean compress, Map<String, String> attributes) {
  private static final String JSON_FILE = "json-file";
  private static final String LOCAL = "local";
  private static final String NO_LOG = "none";
  private static final Set<String> ATTRIBUTES =
      Set.of("labels", "labels-regex", "env", "env-regex", "tag");

  public static final LogOptions DEFAULT = jsonFile(0, 1);
  public static final LogOptions NONE = new LogOptions(NO_LOG, 0, 1, false, Map.of());

  public LogOptions {
    attributes = Map.copyOf(attributes);
    if (!List.of(JSON_FILE, LOCAL, NO_LOG).contains(driver)) {
      throw new InvalidInputException(
          "logger: no log driver named '"
              + driver
              + "' is registered: use json-file, local or none");
    }
    if (maxSize < 0 || maxFiles < 1 || maxFiles > 1000) {
      throw new InvalidInputException(
          "Invalid log options max-size="
              + maxSize
              + " max-file="
              + maxFiles
              + ": expected a size of at least 0 and 1 to 1000 files");
    }
    if (compress && (maxSize == 0 || maxFiles < 2)) {
      throw new InvalidInputException(
          "compress cannot be true when max-file is less than 2 or max-size is not set");
    }
  }

  /** The driver {@code json-file}, with limits. */
  public static LogOptions jsonFile(long maxSize, int maxFiles) {
    return new LogOptions(JSON_FILE, maxSize, maxFiles, false, Map.of());
  }

  /**
   * Reads docker's options of a driver.
   *
   * @throws InvalidInputException when there is no such driver, option or value
   */
  public static LogOptions parse(String driver, Map<String, String> options) {
    boolean local = driver.equals(LOCAL);
    if (driver.equals(NO_LOG)) {
      return NONE;
    }
    long size = local ? 20L << 20 : 0;
    int files = local ? 5 : 1;
    boolean compress = false;
    Map<String, String> attributes = new TreeMap<>();
    for (Map.Entry<String, String> option : options.entrySet()) {
      String value = option.getValue();
      switch (option.getKey()) {
        case "max-size" -> size = value.equals("-1") ? 0 : ByteSize.parse(value);
        case "max-file" -> files = number(value);
        case "compress" -> compress = flag(value);
        case "mode" -> checkMode(value);
        // Nothing waits for a reader of the log, so there is nothing to buffer.
        case "max-buffer-size" -> ByteSize.parse(value);
        default -> {
          if (local || !ATTRIBUTES.contains(option.getKey())) {
            throw new InvalidInputException(
                "unknown log opt '" + option.getKey() + "' for " + driver + " log driver");
          }
          attributes.put(option.getKey(), value);
        }
      }
    }
    return new LogOptions(driver.isEmpty() ? JSON_FILE : driver, size, files, compress, attributes);
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new InvalidInputException(
          "Invalid log option max-file=" + text + ": expected a number of files", e);
    }
  }

  private static boolean flag(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new InvalidInputException(
          "Invalid log option compress=" + text + ": expected true or false");
    }
    return text.equals("true");
  }

  private static void checkMode(String mode) {
    if (!mode.equals("blocking") && !mode.equals("non-blocking")) {
      throw new InvalidInputException(
          "logger: logging mode not supported: " + mode + ": use blocking or non-blocking");
    }
  }

  /** Whether there is a log at all. */
  public boolean keep() {
    return !driver.equals(NO_LOG);
  }

  /** What {@link #parse} reads again. */
  public Map<String, String> options() {
    LogOptions usual = parse(driver, Map.of());
    Map<String, String> options = new LinkedHashMap<>();
    if (maxSize != usual.maxSize) {
      options.put("max-size", maxSize == 0 ? "-1" : String.valueOf(maxSize));
    }
    if (maxFiles != usual.maxFiles) {
      options.put("max-file", String.valueOf(maxFiles));
    }
    if (compress) {
      options.put("compress", "true");
    }
    options.putAll(new TreeMap<>(attributes));
    return options;
  }
}
