package io.berth.testing;

import io.berth.linux.FileRights;
import io.berth.linux.Trees;
import io.berth.runtime.launch.NativeLauncher;
import io.berth.runtime.userns.Credentials;
import io.berth.runtime.userns.UserNamespace;
import java.nio.file.Path;
import org.opentest4j.TestAbortedException;

/** What tests of parts of an engine need to reach files as the engine does. */
public final class TestAccess {
  private TestAccess() {}

  /** Skips a test that needs other ids than root's where there are none. */
  public static void assumeIds() {
    Credentials user = Credentials.own();
    if (!user.isPrivileged()) {
      UserNamespace.plan(user, System.getProperty("user.name"))
          .shortage()
          .ifPresent(
              why -> {
                throw new TestAbortedException(why);
              });
    }
  }

  /**
   * That of root, or of an ordinary user's namespace for a data directory; it ends with the JVM.
   */
  public static FileRights of(Path data) {
    return Credentials.own().isPrivileged() ? FileRights.direct() : launcher(data).access();
  }

  /** Removes a data directory, in which files may be of ids that only an engine can remove. */
  public static void remove(Path data) {
    if (Credentials.own().isPrivileged()) {
      Trees.remove(data);
      return;
    }
    try (NativeLauncher launcher = launcher(data)) {
      Trees.remove(launcher.access(), data);
    }
  }

  private static NativeLauncher launcher(Path data) {
    UserNamespace namespace =
        UserNamespace.plan(Credentials.own(), System.getProperty("user.name"));
    return new NativeLauncher(namespace, data.resolve("userns.lock"));
  }
}
