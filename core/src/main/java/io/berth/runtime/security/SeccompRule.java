package io.berth.runtime.security;

import io.berth.error.InvalidInputException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One entry of a profile's {@code syscalls}.
 *
 * @param names the calls it is about; names that an architecture lacks are ignored there
 * @param action the answer when all of {@code arguments} match
 * @param arguments comparisons, empty when the call's arguments do not matter
 * @param comment for people
 * @param includes what must hold for the rule to count; with several capabilities, all of them
 * @param excludes what must not hold; with several capabilities, any of them
 */
public record SeccompRule(
    List<String> names,
    SeccompAction action,
    List<SeccompArgument> arguments,
    Optional<String> comment,
    Condition includes,
    Condition excludes) {

  public SeccompRule {
    names = List.copyOf(names);
    Objects.requireNonNull(action, "action");
    arguments = List.copyOf(arguments);
    Objects.requireNonNull(comment, "comment");
    Objects.requireNonNull(includes, "includes");
    Objects.requireNonNull(excludes, "excludes");
    if (names.isEmpty()) {
      throw new InvalidInputException("A seccomp rule names no system call; give \"names\"");
    }
  }

  /**
   * The circumstances of a rule; an empty part says nothing.
   *
   * @param capabilities capabilities of the container's bounding set
   * @param architectures native architectures, by their names in images
   * @param minKernel the oldest kernel meant
   */
  public record Condition(
      CapabilitySet capabilities, List<String> architectures, Optional<KernelVersion> minKernel) {
    static final Condition NONE = new Condition(CapabilitySet.none(), List.of(), Optional.empty());

    public Condition {
      Objects.requireNonNull(capabilities, "capabilities");
      architectures = List.copyOf(architectures);
      Objects.requireNonNull(minKernel, "minKernel");
    }
  }

  /** Whether the rule counts for a container with these capabilities on this machine. */
  boolean applies(CapabilitySet capabilities, Architecture architecture, KernelVersion kernel) {
    String name = architecture.goName();
    boolean excluded =
        excludes.architectures.contains(name)
            || excludes.capabilities.intersects(capabilities)
            || excludes.minKernel.filter(min -> kernel.compareTo(min) >= 0).isPresent();
    boolean included =
        (includes.architectures.isEmpty() || includes.architectures.contains(name))
            && capabilities.containsAll(includes.capabilities)
            && includes.minKernel.filter(min -> kernel.compareTo(min) < 0).isEmpty();
    return included && !excluded;
  }
}
