package io.berth.runtime.security;

import io.berth.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A system call policy in Docker's JSON format (<a
 * href="https://docs.docker.com/engine/security/seccomp/">Seccomp security profiles for
 * Docker</a>), which is that of the OCI runtime spec's {@code linux.seccomp} with conditions.
 *
 * <pre>{@code
 * SeccompProfile profile = SeccompProfile.parse(Files.readAllBytes(Path.of("profile.json")));
 * }</pre>
 *
 * @param defaultAction the answer to calls that no rule is about
 * @param architectures for each native ABI, the others whose calls are filtered too; a call of any
 *     other ABI kills the process
 * @param rules the rules, in the order of the file
 * @param flags flags for {@code seccomp(2)}, or-ed
 */
public record SeccompProfile(
    SeccompAction defaultAction,
    Map<String, Set<String>> architectures,
    List<SeccompRule> rules,
    int flags) {

  /** {@code SECCOMP_FILTER_FLAG_LOG} of linux/seccomp.h. */
  public static final int FLAG_LOG = 2;

  /**
   * {@code SECCOMP_FILTER_FLAG_SPEC_ALLOW} of linux/seccomp.h: no speculation mitigations merely
   * because there is a filter, which runc also asks for when a profile names no flags.
   */
  public static final int FLAG_SPEC_ALLOW = 4;

  public SeccompProfile {
    Objects.requireNonNull(defaultAction, "defaultAction");
    architectures = Map.copyOf(architectures);
    rules = List.copyOf(rules);
  }

  /** Berth's copy of the list that is Docker's current default. */
  public static SeccompProfile dockerDefault() {
    String resource = "default-seccomp.json";
    try (InputStream stream = SeccompProfile.class.getResourceAsStream(resource)) {
      if (stream == null) {
        throw new IllegalStateException("The jar lacks the resource " + resource);
      }
      return parse(stream.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("Reading the resource " + resource, e);
    }
  }

  /**
   * Reads a profile, strictly: a field that is unknown, of the wrong type or out of range is an
   * error, since a misspelt restriction would otherwise be no restriction.
   *
   * @throws InvalidInputException naming the field
   */
  public static SeccompProfile parse(byte[] json) {
    return new SeccompProfileReader().read(json);
  }
}
