package io.berth.net.linux;

import io.berth.error.Errno;
import io.berth.error.SystemCallException;
import java.nio.file.Path;

/** A host whose kernel lacks something, or does not give it to this process. */
public final class RefusingCalls implements NamespaceCalls {
  private static final int EPROTONOSUPPORT = 93;

  private final NamespaceCalls own = NamespaceCalls.own();
  private final boolean firewall;
  private final boolean settings;

  private RefusingCalls(boolean firewall, boolean settings) {
    this.firewall = firewall;
    this.settings = settings;
  }

  /** As a kernel without nf_tables says it. */
  public static NamespaceCalls withoutFirewall() {
    return new RefusingCalls(false, true);
  }

  /** As where /proc/sys is read-only, in a container. */
  public static NamespaceCalls withoutSettings() {
    return new RefusingCalls(true, false);
  }

  @Override
  public int makeNamespace() {
    return own.makeNamespace();
  }

  @Override
  public int openNamespace(Path file) {
    return own.openNamespace(file);
  }

  @Override
  public int netlink(int namespace, int protocol) {
    if (!firewall && protocol == NetlinkSocket.NETFILTER) {
      throw new SystemCallException("socket", "netlink", EPROTONOSUPPORT);
    }
    return own.netlink(namespace, protocol);
  }

  @Override
  public int setting(int namespace, String name, boolean write) {
    if (!settings && write) {
      throw new SystemCallException("open", "/proc/sys/net/" + name, Errno.EROFS);
    }
    return own.setting(namespace, name, write);
  }
}
