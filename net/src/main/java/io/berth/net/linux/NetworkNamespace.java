package io.berth.net.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import io.berth.error.SystemCallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/**
 * A network namespace that this process holds, with a socket in it. It lasts until it is closed
 * here and the last process has left it.
 *
 * <pre>{@code
 * try (NetworkNamespace namespace = NetworkNamespace.create()) {
 *   namespace.route().linkUp("lo");
 * }
 * }</pre>
 */
public final class NetworkNamespace implements AutoCloseable {
  private static final NamespaceCalls OWN = new OwnCalls();
  private static final int MOST = 4096;

  private final int fd;
  private final NamespaceCalls calls;
  private final RouteSocket route;

  private NetworkNamespace(int fd, NamespaceCalls calls, RouteSocket route) {
    this.fd = fd;
    this.calls = calls;
    this.route = route;
  }

  /** Makes one with nothing in it but loopback, which is down. */
  public static NetworkNamespace create() {
    return create(OWN);
  }

  public static NetworkNamespace create(NamespaceCalls calls) {
    return adopt(calls.makeNamespace(), calls);
  }

  /** The one that the calling thread is in. */
  public static NetworkNamespace own() {
    return adopt(OwnCalls.here(), OWN);
  }

  /** The one behind a file such as {@code /proc/1/ns/net}. */
  public static NetworkNamespace open(Path file) {
    return open(file, OWN);
  }

  public static NetworkNamespace open(Path file, NamespaceCalls calls) {
    return adopt(calls.openNamespace(file), calls);
  }

  private static NetworkNamespace adopt(int fd, NamespaceCalls calls) {
    try {
      int socket = calls.netlink(fd, NetlinkSocket.ROUTE);
      return new NetworkNamespace(fd, calls, new RouteSocket(new NetlinkSocket(socket)));
    } catch (RuntimeException e) {
      NetCalls.close(fd);
      throw e;
    }
  }

  /** Runs something in the namespace: what it opens there belongs to the namespace. */
  public <T> T call(Supplier<T> action) {
    return OwnCalls.callIn(fd, action);
  }

  /** Its links, addresses and routes. */
  public RouteSocket route() {
    return route;
  }

  /** Its firewall; the caller closes it. */
  public NftSocket nft() {
    return new NftSocket(new NetlinkSocket(calls.netlink(fd, NetlinkSocket.NETFILTER)));
  }

  /** Sets a setting below {@code /proc/sys/net}; false when it is not there or may not be set. */
  public boolean set(String name, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    return with(name, true, f -> NetCalls.write(f, bytes, new NativeLong(bytes.length)).intValue())
        .isPresent();
  }

  /** A setting below {@code /proc/sys/net}; empty when it is not there. */
  public Optional<String> setting(String name) {
    byte[] bytes = new byte[MOST];
    return with(name, false, f -> NetCalls.read(f, bytes, new NativeLong(MOST)).intValue())
        .map(n -> new String(bytes, 0, n, StandardCharsets.UTF_8).strip());
  }

  private Optional<Integer> with(String name, boolean write, IntUnaryOperator action) {
    int file;
    try {
      file = calls.setting(fd, name, write);
    } catch (SystemCallException e) {
      return Optional.empty();
    }
    int result = action.applyAsInt(file);
    NetCalls.close(file);
    return result < 0 ? Optional.empty() : Optional.of(result);
  }

  /** For passing it on to another process; valid until this is closed. */
  public int descriptor() {
    return fd;
  }

  /** A file by which other processes of this user reach it, while it is open here. */
  public Path path() {
    return Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + fd);
  }

  /** A number that no other has while this is there. */
  public long inode() {
    byte[] name = new byte[64];
    int n = NetCalls.readlink("/proc/self/fd/" + fd, name, new NativeLong(name.length)).intValue();
    if (n < 0) {
      throw new SystemCallException("readlink", toString(), Native.getLastError());
    }
    return Long.parseLong(new String(name, 0, n, StandardCharsets.UTF_8).replaceAll("\\D", ""));
  }

  @Override
  public void close() {
    route.close();
    NetCalls.close(fd);
  }

  @Override
  public String toString() {
    return "network namespace " + fd;
  }
}
