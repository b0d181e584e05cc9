package io.berth.net.linux;

import com.sun.jna.Native;
import io.berth.error.SystemCallException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A socket that holds a port of this host, so that no other process gets it. For TCP it listens
 * too, or another socket could be bound beside it.
 */
public final class HeldPort implements AutoCloseable {
  private static final int SOL_SOCKET = 1;
  private static final int SO_REUSEADDR = 2;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;
  private static final int BACKLOG = 1024;

  private final int fd;
  private final int port;

  private HeldPort(int fd, int port) {
    this.fd = fd;
    this.port = port;
  }

  /**
   * @param port 0 for any that is free
   * @throws SystemCallException EADDRINUSE when it is taken, EADDRNOTAVAIL when the address is not
   *     this host's
   */
  public static HeldPort hold(boolean tcp, InetAddress address, int port) {
    boolean ipv6 = address.getAddress().length == 16;
    int type = (tcp ? NetCalls.SOCK_STREAM : NetCalls.SOCK_DGRAM) | NetCalls.SOCK_CLOEXEC;
    String name = (tcp ? "tcp " : "udp ") + address.getHostAddress() + " port " + port;
    int fd =
        NetCalls.check(
            NetCalls.socket(ipv6 ? NetCalls.AF_INET6 : NetCalls.AF_INET, type, 0), "socket", name);
    try {
      byte[] on = NetlinkMessage.fixed(4).putInt(1).array();
      if (tcp) { // connections of the port's last owner that are closing do not matter
        NetCalls.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, on, 4);
      }
      if (ipv6) {
        NetCalls.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, on, 4);
      }
      byte[] name6 = socketAddress(address, port);
      NetCalls.check(NetCalls.bind(fd, name6, name6.length), "bind", name);
      if (tcp) {
        NetCalls.check(NetCalls.listen(fd, BACKLOG), "listen", name);
      }
      return new HeldPort(fd, port == 0 ? boundPort(fd) : port);
    } catch (SystemCallException e) {
      NetCalls.close(fd);
      throw e;
    }
  }

  /**
   * Reserves a port of a protocol for which the kernel may have no sockets, such as SCTP: a name
   * that one socket of the network namespace has at a time. It keeps out other engines, though no
   * other programs.
   *
   * @throws SystemCallException EADDRINUSE when it is taken
   */
  public static HeldPort reserve(String protocol, InetAddress address, int port) {
    String name = "berth/" + protocol + "/" + address.getHostAddress() + "/" + port;
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer out = NetlinkMessage.fixed(3 + text.length); // the first byte of an abstract name: 0
    out.putShort((short) NetCalls.AF_UNIX).put((byte) 0).put(text);
    int type = NetCalls.SOCK_DGRAM | NetCalls.SOCK_CLOEXEC;
    int fd = NetCalls.check(NetCalls.socket(NetCalls.AF_UNIX, type, 0), "socket", name);
    try {
      NetCalls.check(NetCalls.bind(fd, out.array(), out.capacity()), "bind", name);
      return new HeldPort(fd, port);
    } catch (SystemCallException e) {
      NetCalls.close(fd);
      throw e;
    }
  }

  private static byte[] socketAddress(InetAddress address, int port) {
    byte[] ip = address.getAddress();
    ByteBuffer out = NetlinkMessage.fixed(ip.length == 16 ? 28 : 16);
    out.putShort((short) (ip.length == 16 ? NetCalls.AF_INET6 : NetCalls.AF_INET));
    out.put((byte) (port >> 8)).put((byte) port);
    if (ip.length == 16) {
      out.putInt(0);
    }
    return out.put(ip).array();
  }

  private static int boundPort(int fd) {
    byte[] address = new byte[28];
    if (NetCalls.getsockname(fd, address, new int[] {address.length}) < 0) {
      throw new SystemCallException("getsockname", "", Native.getLastError());
    }
    byte[] port = Arrays.copyOfRange(address, 2, 4);
    return ByteBuffer.wrap(port).getShort() & 0xffff;
  }

  public int port() {
    return port;
  }

  /** For passing it on to another process. */
  public int descriptor() {
    return fd;
  }

  @Override
  public void close() {
    NetCalls.close(fd);
  }
}
