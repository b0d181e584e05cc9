package io.berth.testing;

import io.berth.linux.FileRights;
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
    Credentials user = Credentials.own();
    if (user.isPrivileged()) {
      return FileRights.direct();
    }
    UserNamespace namespace = UserNamespace.plan(user, System.getProperty("user.name"));
    return new NativeLauncher(namespace, data.resolve("userns.lock")).access();
  }
}
