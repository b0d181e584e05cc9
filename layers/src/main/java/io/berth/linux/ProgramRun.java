package io.berth.linux;

import io.berth.error.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Runs small programs to their end. */
final class ProgramRun {
  private static final int MAX_WORDS = 2000;

  private ProgramRun() {}

  static void run(Optional<Agent> agent, List<String> program, Path directory) {
    Result result =
        agent.isPresent() ? inside(agent.get(), program, directory) : here(program, directory);
    if (result.code != 0) {
      throw new StorageException(
          String.join(" ", program) + " ended with " + result.code + ": " + result.said.strip());
    }
  }

  private record Result(long code, String said) {}

  private static Result inside(Agent agent, List<String> program, Path directory) {
    try (Fd home = FileCalls.openDirectory(directory)) {
      AgentCall call = AgentCall.program(program).in(home);
      long code = agent.call(call);
      return new Result(code, text(call.output()));
    }
  }

  /** It may go on in the background with its output open, so that is a file. */
  private static Result here(List<String> program, Path directory) {
    try {
      Path said = java.nio.file.Files.createTempFile("berth-run", ".txt");
      try {
        Process process =
            new ProcessBuilder(program)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        process.getOutputStream().close();
        int code = process.waitFor();
        return new Result(code, code == 0 ? "" : java.nio.file.Files.readString(said));
      } finally {
        java.nio.file.Files.deleteIfExists(said);
      }
    } catch (IOException e) {
      return new Result(127, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StorageException("Interrupted while " + program.get(0) + " ran", e);
    }
  }

  private static String text(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, 0, Math.min(end, MAX_WORDS), StandardCharsets.UTF_8);
  }
}
