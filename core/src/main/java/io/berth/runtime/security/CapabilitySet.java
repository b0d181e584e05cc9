package io.berth.runtime.security;

import io.berth.error.InvalidInputException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An immutable set of capabilities as the bit mask that {@code capset(2)} and {@code
 * /proc/PID/status} use.
 *
 * <pre>{@code
 * CapabilitySet caps = CapabilitySet.dockerDefault().tweak(List.of("NET_ADMIN"), List.of("MKNOD"));
 * long bounding = caps.mask();
 * }</pre>
 *
 * @param mask bit N is set when capability number N is in the set
 */
public record CapabilitySet(long mask) {
  private static final long ALL = (1L << Capability.values().length) - 1;
  private static final String ALL_NAME = "ALL";

  public CapabilitySet {
    if ((mask & ~ALL) != 0) {
      throw new InvalidInputException(
          "Capability mask 0x"
              + Long.toHexString(mask)
              + " has bits above "
              + Capability.values()[Capability.values().length - 1].fullName());
    }
  }

  public static CapabilitySet none() {
    return new CapabilitySet(0);
  }

  /** Every capability that Berth knows; the kernel at hand may know fewer, see {@link #upTo}. */
  public static CapabilitySet all() {
    return new CapabilitySet(ALL);
  }

  public static CapabilitySet of(Capability... capabilities) {
    long mask = 0;
    for (Capability capability : capabilities) {
      mask |= capability.mask();
    }
    return new CapabilitySet(mask);
  }

  /** The fourteen capabilities that Docker leaves to a container by default. */
  public static CapabilitySet dockerDefault() {
    return of(
        Capability.CHOWN,
        Capability.DAC_OVERRIDE,
        Capability.FSETID,
        Capability.FOWNER,
        Capability.MKNOD,
        Capability.NET_RAW,
        Capability.SETGID,
        Capability.SETUID,
        Capability.SETFCAP,
        Capability.SETPCAP,
        Capability.NET_BIND_SERVICE,
        Capability.SYS_CHROOT,
        Capability.KILL,
        Capability.AUDIT_WRITE);
  }

  /**
   * Applies {@code --cap-add} and {@code --cap-drop} in Docker's way: adding {@code ALL} gives all
   * but the dropped ones; otherwise dropping {@code ALL} leaves only the added ones; otherwise the
   * dropped ones leave this set and the added ones join it, so that adding wins over dropping.
   *
   * @throws InvalidInputException when a name is unknown
   */
  public CapabilitySet tweak(Collection<String> add, Collection<String> drop) {
    long added = named(add);
    long dropped = named(drop);
    if (hasAll(add)) {
      return new CapabilitySet(ALL & ~dropped);
    }
    if (hasAll(drop)) {
      return new CapabilitySet(added);
    }
    return new CapabilitySet(mask & ~dropped | added);
  }

  /**
   * Without those above the number that {@code /proc/sys/kernel/cap_last_cap} holds; the kernel
   * refuses to be asked for them.
   */
  public CapabilitySet upTo(int lastCapability) {
    return new CapabilitySet(mask & (2L << lastCapability) - 1);
  }

  public boolean contains(Capability capability) {
    return (mask & capability.mask()) != 0;
  }

  public boolean containsAll(CapabilitySet other) {
    return (other.mask & ~mask) == 0;
  }

  public boolean intersects(CapabilitySet other) {
    return (other.mask & mask) != 0;
  }

  /** The members in the order of their numbers. */
  public List<Capability> capabilities() {
    List<Capability> members = new ArrayList<>();
    for (Capability capability : Capability.values()) {
      if (contains(capability)) {
        members.add(capability);
      }
    }
    return List.copyOf(members);
  }

  @Override
  public String toString() {
    return capabilities().stream()
        .map(Capability::fullName)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static boolean hasAll(Collection<String> names) {
    return names.stream().anyMatch(CapabilitySet::isAll);
  }

  private static boolean isAll(String name) {
    String bare = name.strip();
    return bare.equalsIgnoreCase(ALL_NAME) || bare.equalsIgnoreCase("CAP_" + ALL_NAME);
  }

  private static long named(Collection<String> names) {
    long mask = 0;
    for (String name : names) {
      if (!isAll(name)) {
        mask |= Capability.parse(name).mask();
      }
    }
    return mask;
  }
}
