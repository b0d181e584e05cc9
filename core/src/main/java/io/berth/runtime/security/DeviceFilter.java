package io.berth.runtime.security;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Which device nodes a container may make, read and write. Everything is denied at first; then of
 * the rules about a device and a kind of access, the last one counts.
 *
 * <pre>{@code
 * DeviceFilter filter = DeviceFilter.dockerDefault().with(DeviceRule.allow("c 10:229 rwm"));
 * }</pre>
 *
 * @param rules the rules, after denying all
 */
public record DeviceFilter(List<DeviceRule> rules) {
  private static final int INSTRUCTION_BYTES = 8;

  // Opcodes of linux/bpf.h: class, operation and source or-ed.
  private static final int LOAD_WORD = 0x61;
  private static final int MOVE_IMMEDIATE = 0xb7;
  private static final int MOVE_REGISTER = 0xbf;
  private static final int AND_IMMEDIATE = 0x57;
  private static final int SHIFT_RIGHT = 0x77;
  private static final int JUMP_NOT_EQUAL = 0x55;
  private static final int JUMP_IF_SET = 0x45;
  private static final int JUMP_ALWAYS = 0x05;
  private static final int EXIT = 0x95;

  private static final int RESULT = 0;
  private static final int CONTEXT = 1;
  private static final int KIND = 2;
  private static final int WANTED = 3;
  private static final int MAJOR = 4;
  private static final int MINOR = 5;

  public DeviceFilter {
    rules = List.copyOf(rules);
  }

  /**
   * The rules of runc and Docker: nodes may be made (CAP_MKNOD is another matter), but only the
   * harmless ones opened. 10:200 is {@code /dev/net/tun}, which runc 1.2.4 brought back.
   */
  public static DeviceFilter dockerDefault() {
    return new DeviceFilter(
        List.of(
            DeviceRule.allow("c *:* m"),
            DeviceRule.allow("b *:* m"),
            DeviceRule.allow("c 1:3 rwm"), // null
            DeviceRule.allow("c 1:5 rwm"), // zero
            DeviceRule.allow("c 1:7 rwm"), // full
            DeviceRule.allow("c 1:8 rwm"), // random
            DeviceRule.allow("c 1:9 rwm"), // urandom
            DeviceRule.allow("c 5:0 rwm"), // tty
            DeviceRule.allow("c 5:1 rwm"), // console
            DeviceRule.allow("c 5:2 rwm"), // ptmx
            DeviceRule.allow("c 136:* rwm"), // pts
            DeviceRule.allow("c 10:200 rwm")));
  }

  /** Everything, for a privileged container. */
  public static DeviceFilter allowAll() {
    return new DeviceFilter(List.of(DeviceRule.allow("a *:* rwm")));
  }

  /** These rules and then one more. */
  public DeviceFilter with(DeviceRule rule) {
    List<DeviceRule> more = new ArrayList<>(rules);
    more.add(rule);
    return new DeviceFilter(more);
  }

  /** A line for a file of the v1 devices controller; the kernel takes one line for each write. */
  public record V1Write(String file, String line) {}

  /** What to write in cgroup v1, in this order. */
  public List<V1Write> v1Writes() {
    List<V1Write> writes = new ArrayList<>();
    writes.add(new V1Write("devices.deny", "a"));
    for (DeviceRule rule : rules) {
      writes.add(new V1Write(rule.allow() ? "devices.allow" : "devices.deny", rule.line()));
    }
    return List.copyOf(writes);
  }

  /**
   * The eBPF program of type {@code BPF_PROG_TYPE_CGROUP_DEVICE} for cgroup v2. The last rule is
   * tried first; what an allowing rule gives is taken off the wanted access until nothing is left.
   */
  public byte[] v2Program() {
    List<Long> code = new ArrayList<>();
    code.add(instruction(LOAD_WORD, KIND, CONTEXT, 0, 0));
    code.add(instruction(MOVE_REGISTER, WANTED, KIND, 0, 0));
    code.add(instruction(AND_IMMEDIATE, KIND, 0, 0, 0xffff));
    code.add(instruction(SHIFT_RIGHT, WANTED, 0, 0, 16));
    code.add(instruction(LOAD_WORD, MAJOR, CONTEXT, 4, 0));
    code.add(instruction(LOAD_WORD, MINOR, CONTEXT, 8, 0));
    for (int i = rules.size() - 1; i >= 0; i--) {
      rule(code, rules.get(i));
    }
    code.add(instruction(MOVE_IMMEDIATE, RESULT, 0, 0, 0));
    code.add(instruction(EXIT, 0, 0, 0, 0));
    ByteBuffer bytes =
        ByteBuffer.allocate(code.size() * INSTRUCTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    code.forEach(bytes::putLong);
    return bytes.array();
  }

  private static void rule(List<Long> code, DeviceRule rule) {
    List<Long> body = new ArrayList<>();
    if (rule.allow()) {
      body.add(instruction(AND_IMMEDIATE, WANTED, 0, 0, DeviceRule.RWM & ~rule.access()));
      body.add(instruction(JUMP_NOT_EQUAL, WANTED, 0, 2, 0));
    } else {
      body.add(instruction(JUMP_IF_SET, WANTED, 0, 1, rule.access()));
      body.add(instruction(JUMP_ALWAYS, 0, 0, 2, 0));
    }
    body.add(instruction(MOVE_IMMEDIATE, RESULT, 0, 0, rule.allow() ? 1 : 0));
    body.add(instruction(EXIT, 0, 0, 0, 0));

    List<int[]> tests = new ArrayList<>();
    if (rule.type() != DeviceRule.Type.ANY) {
      tests.add(new int[] {KIND, rule.type().number()});
    }
    rule.major().ifPresent(major -> tests.add(new int[] {MAJOR, major}));
    rule.minor().ifPresent(minor -> tests.add(new int[] {MINOR, minor}));
    for (int i = 0; i < tests.size(); i++) {
      int skip = tests.size() - i - 1 + body.size();
      code.add(instruction(JUMP_NOT_EQUAL, tests.get(i)[0], 0, skip, tests.get(i)[1]));
    }
    code.addAll(body);
  }

  private static long instruction(int opcode, int target, int source, int offset, int constant) {
    return opcode & 0xffL
        | (long) target << 8
        | (long) source << 12
        | (offset & 0xffffL) << 16
        | (long) constant << 32;
  }
}
