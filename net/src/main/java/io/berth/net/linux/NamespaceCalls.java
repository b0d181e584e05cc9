package io.berth.net.linux;

import java.nio.file.Path;

/**
 * How network namespaces are made and entered: by a thread of this process, or, where its user may
 * not do that, by another process ({@link NetworkNamespace#create(NamespaceCalls)}). Descriptors
 * are this process's; whoever gets one closes it.
 */
public interface NamespaceCalls {

  /** By threads of this process. */
  static NamespaceCalls own() {
    return new OwnCalls();
  }

  /** A new network namespace, with nothing in it but loopback, which is down. */
  int makeNamespace();

  /** The one behind a file such as {@code /proc/1/ns/net}. */
  int openNamespace(Path file);

  /** A netlink socket that is made in a namespace. */
  int netlink(int namespace, int protocol);

  /**
   * Opens a file below {@code /proc/sys/net} in a namespace.
   *
   * @throws io.berth.error.SystemCallException when it is not there or not for this user
   */
  int setting(int namespace, String name, boolean write);
}
