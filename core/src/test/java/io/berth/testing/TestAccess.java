package io.berth.testing;

import io.berth.linux.FileAccess;
import io.berth.runtime.launch.NativeLauncher;
import io.berth.runtime.userns.Credentials;
import io.berth.runtime.userns.UserNamespace;
import java.nio.file.Path;

/** What tests of parts of an engine need to reach files as the engine does. */
public final class TestAccess {
  private TestAccess() {}

  /**
   * That of root, or of an ordinary user's namespace for a data directory; it ends with the JVM.
   */
  public static FileAccess of(Path data) {
    Credentials user = Credentials.own();
    if (user.isPrivileged()) {
      return FileAccess.direct();
    }
    UserNamespace namespace = UserNamespace.plan(user, System.getProperty("user.name"));
    return new NativeLauncher(namespace, data.resolve("userns.lock")).access();
  }
}
