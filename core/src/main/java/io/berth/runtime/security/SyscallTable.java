package io.berth.runtime.security;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/** The names and numbers of the system calls of one ABI, made by {@code script/syscall-tables}. */
final class SyscallTable {
  private final Map<String, Integer> numbers;

  private SyscallTable(Map<String, Integer> numbers) {
    this.numbers = Map.copyOf(numbers);
  }

  static SyscallTable load(SyscallAbi abi) {
    String resource = "syscalls/" + abi.table() + ".txt";
    Map<String, Integer> numbers = new HashMap<>();
    try (InputStream stream = SyscallTable.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("The jar lacks the resource " + resource);
      }
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        int space = line.indexOf(' ');
        numbers.put(line.substring(0, space), Integer.parseInt(line.substring(space + 1)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Reading the resource " + resource, e);
    }
    return new SyscallTable(numbers);
  }

  OptionalInt number(String name) {
    Integer number = numbers.get(name);
    return number == null ? OptionalInt.empty() : OptionalInt.of(number);
  }

  Map<String, Integer> numbers() {
    return numbers;
  }
}
