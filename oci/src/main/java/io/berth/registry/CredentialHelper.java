package io.berth.registry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.berth.error.BerthException;
import io.berth.json.Json;
import io.berth.json.JsonReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Asks a program {@code docker-credential-NAME} for credentials: the registry goes to its standard
 * input, a JSON object comes from its standard output.
 */
final class CredentialHelper {
  private static final int MAX_OUTPUT = 64 << 10;
  private static final long SECONDS = 60;
  private static final String TOKEN_USER = "<token>";

  private final String program;
  private final String directory;

  /**
   * @param name what {@code credsStore} and {@code credHelpers} say, such as {@code pass}
   */
  CredentialHelper(String name) {
    this(name, "");
  }

  /**
   * @param directory where the program is; empty where it is to be found as a command
   */
  CredentialHelper(String name, String directory) {
    // A path would let a config file run any program.
    if (!name.matches("[A-Za-z0-9._-]+")) {
      throw new BerthException("Invalid credential helper \"" + name + "\": expected a plain name");
    }
    this.program = "docker-credential-" + name;
    this.directory = directory;
  }

  /** The credentials that the helper has for a server, if any. */
  Optional<Credentials> get(String server) {
    Output output = run("get", server);
    if (output.code() != 0) {
      if (output.text().contains("credentials not found")) {
        return Optional.empty();
      }
      throw failed("get", server, output);
    }
    JsonReader json = Json.parse(program + " get", output.text().getBytes(StandardCharsets.UTF_8));
    String user = json.optionalString("Username").orElse("");
    String secret = json.string("Secret");
    if (user.equals(TOKEN_USER)) {
      return Optional.of(Credentials.identityToken(secret));
    }
    return user.isEmpty() && secret.isEmpty()
        ? Optional.empty()
        : Optional.of(Credentials.password(user, secret));
  }

  /** Has the helper keep credentials for a server. */
  void store(String server, Credentials credentials) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("ServerURL", server);
    json.put(
        "Username",
        credentials.kind() == Credentials.Kind.IDENTITY_TOKEN
            ? TOKEN_USER
            : credentials.username());
    json.put("Secret", credentials.secret());
    must("store", server, Json.toString(json));
  }

  /** Has the helper forget those of a server. */
  void erase(String server) {
    must("erase", server, server);
  }

  private void must(String action, String server, String input) {
    Output output = run(action, input);
    if (output.code() != 0) {
      throw failed(action, server, output);
    }
  }

  private BerthException failed(String action, String server, Output output) {
    return new BerthException(
        program
            + " "
            + action
            + " for "
            + server
            + " failed with exit code "
            + output.code()
            + ": "
            + output.text().strip());
  }

  private record Output(int code, String text) {}

  private Output run(String action, String input) {
    Process process;
    try {
      process =
          new ProcessBuilder(directory.isEmpty() ? program : directory + "/" + program, action)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new BerthException(
          "Cannot run "
              + program
              + ", which Docker's config.json names: "
              + e.getMessage()
              + "; install it, or take it out of credsStore and credHelpers",
          e);
    }
    try {
      // Read beside the waiting, or a helper that writes much would block.
      CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> read(process));
      try (OutputStream in = process.getOutputStream()) {
        in.write((input + "\n").getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It ended without reading; its exit code says more.
      }
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw new BerthException(program + " gave no answer in " + SECONDS + " s");
      }
      return new Output(process.exitValue(), new String(read.join(), StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BerthException("Interrupted while waiting for " + program, e);
    } finally {
      process.destroyForcibly();
    }
  }

  private static byte[] read(Process process) {
    try (InputStream out = process.getInputStream()) {
      return out.readNBytes(MAX_OUTPUT);
    } catch (IOException e) {
      return new byte[0];
    }
  }
}
