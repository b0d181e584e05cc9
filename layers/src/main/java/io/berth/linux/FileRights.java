package io.berth.linux;

import io.berth.error.Errno;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * With whose rights files are reached: those of this process, or also those that an ordinary user
 * has as the root of a user namespace.
 *
 * <p>A JVM has many threads and so cannot enter a user namespace. In the second case it does what
 * it may itself, which is nearly everything, as root's files in there are its own user's out here;
 * only where the kernel refuses, as for a file of another id, an {@link Agent} in the namespace
 * does that one call. A descriptor knows how it was reached, and so does all that is reached
 * through it: code that works on trees is the same in both cases. User and group ids are those of
 * the namespace everywhere.
 *
 * <pre>{@code
 * Fd root = FileCalls.openForListing(access.cwd(), "/home/me/.local/share/berth/snapshots/7/fs");
 * StatusCalls.chown(root, "etc/shadow", 0, 42); // by the agent
 * }</pre>
 */
public final class FileRights {
  private static final FileRights DIRECT =
      new FileRights(Optional.empty(), IdMap.identity(), IdMap.identity());

  private final Optional<Agent> agent;
  private final IdMap uids;
  private final IdMap gids;

  private FileRights(Optional<Agent> agent, IdMap uids, IdMap gids) {
    this.agent = agent;
    this.uids = uids;
    this.gids = gids;
  }

  /** With the rights of this process alone. */
  public static FileRights direct() {
    return DIRECT;
  }

  /** Also with those of an agent, in whose user namespace ids are mapped so. */
  public static FileRights through(Agent agent, IdMap uids, IdMap gids) {
    return new FileRights(Optional.of(agent), uids, gids);
  }

  /** Where paths of the host begin; relative ones are of no use with an agent. */
  public Fd cwd() {
    return Fd.workingDirectory(this);
  }

  /** Opens a directory of the host to hold it, as {@link FileCalls#openDirectory}. */
  public Fd openDirectory(Path directory) {
    int flags = OpenFlags.PATH | OpenFlags.DIRECTORY;
    return FileCalls.open(cwd(), directory.toString(), flags, 0, 0);
  }

  /**
   * Opens a directory of the host as it is among the mounts that the agent has: only those can it
   * mount on or over.
   */
  public Fd openAmongMounts(Path directory) {
    if (agent.isEmpty()) {
      return openDirectory(directory);
    }
    long fd =
        agent
            .get()
            .call(
                AgentCall.of(SyscallNumbers.OPENAT2)
                    .fd(Fd.CWD)
                    .path(directory.toString())
                    .longs(OpenFlags.PATH | OpenFlags.DIRECTORY | OpenFlags.CLOEXEC, 0, 0)
                    .value(24)
                    .opens());
    return new Fd((int) Calls.check(fd, "openat2", directory.toString()), this);
  }

  /** Whether there is no agent. */
  public boolean isDirect() {
    return agent.isEmpty();
  }

  public IdMap uids() {
    return uids;
  }

  public IdMap gids() {
    return gids;
  }

  /** Whether a file can be given to these owners; else it stays root's. */
  public boolean keeps(long uid, long gid) {
    return uids.has(uid) && gids.has(gid);
  }

  /**
   * Runs a program to its end, where the files and mounts of this are; what it says is the error's.
   *
   * @param program a path, then its arguments
   * @param directory to run it in
   * @throws io.berth.error.StorageException when it ends with anything but 0
   */
  public void run(List<String> program, Path directory) {
    ProgramRun.run(agent, program, directory);
  }

  Optional<Agent> agent() {
    return agent;
  }

  /** Whether the agent may do what was refused with this. */
  boolean helps(int errno) {
    return agent.isPresent() && (errno == Errno.EPERM || errno == Errno.EACCES);
  }

  long uidOutside(long uid) {
    return uids.has(uid) ? uids.outside(uid) : uids.outside(0);
  }

  long gidOutside(long gid) {
    return gids.has(gid) ? gids.outside(gid) : gids.outside(0);
  }

  FileStatus inside(FileStatus status) {
    if (agent.isEmpty()) {
      return status;
    }
    return status.ownedBy(uids.inside(status.uid()), gids.inside(status.gid()));
  }

  /** Of two descriptors in one call: the access that can do more. */
  static FileRights stronger(Fd one, Fd other) {
    return one.access().isDirect() ? other.access() : one.access();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FileRights that
        && agent.equals(that.agent)
        && uids.equals(that.uids)
        && gids.equals(that.gids);
  }

  @Override
  public int hashCode() {
    return Objects.hash(agent, uids, gids);
  }

  @Override
  public String toString() {
    return agent.isEmpty() ? "direct" : "user namespace with " + uids.size() + " ids";
  }
}
