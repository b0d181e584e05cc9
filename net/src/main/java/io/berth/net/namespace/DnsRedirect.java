package io.berth.net.namespace;

import io.berth.error.SystemCallException;
import io.berth.net.Cidr;
import io.berth.net.linux.Key;
import io.berth.net.linux.NetworkNamespace;
import io.berth.net.linux.NftBatch;
import io.berth.net.linux.NftBatch.Hook;
import io.berth.net.linux.NftRule;
import io.berth.net.linux.NftRule.Family;
import io.berth.net.linux.NftSocket;

/**
 * Sends what a container asks at 127.0.0.11 port 53 to the port that its resolver listens at. The
 * resolver is not at port 53 itself, so that the container may have a name server of its own there.
 * Where a namespace has such a rule, all its connections are tracked, which costs a little of what
 * gets through: so it is only where there is a resolver.
 */
public final class DnsRedirect {
  /** As in resolver.c. */
  private static final int PORT = 65053;

  private static final byte[] ADDRESS = Cidr.address("127.0.0.11").getAddress();
  private static final int DESTINATION_NAT = -100;

  private DnsRedirect() {}

  /** False where the kernel cannot; the resolver must be at port 53 then. */
  public static boolean install(NetworkNamespace namespace) {
    try (NftSocket socket = namespace.nft()) {
      NftBatch.onIpv4("berth-dns")
          .table()
          .chain("output", "nat", Hook.OUTPUT, DESTINATION_NAT)
          .flush("output")
          .rule(
              "output",
              NftRule.of()
                  .destination(Family.IPV4, 0)
                  .equal(0, ADDRESS)
                  .port(0)
                  .equal(0, Key.port(53))
                  .constant(0, ADDRESS)
                  .constant(1, Key.port(PORT))
                  .translate(Family.IPV4, 0, 1))
          .send(socket);
      return true;
    } catch (SystemCallException e) {
      return false;
    }
  }
}
