/**
 * The {@link io.berth.api.Networks} service: what networks there are, who has which address and
 * name in them, and which ports of the host lead where. All of it is on disk, so that engines of
 * other JVMs, and the monitors of containers, take part:
 *
 * <pre>
 * networks/engine           what this engine's interfaces and rules on the host are named for
 * networks/lock, turn       see NetworkLock
 * networks/ID/network.json  a network
 * networks/ID/addresses/IP  a lease: whose it is, and the name behind it; made with O_EXCL
 * networks/ID/names/NAME/IP a name that the resolver of a container finds
 * networks/ID/members/ID    a running container in it
 * containers/ID/net/        for its monitor: what to take back at its end; names, ports, resolvers
 * </pre>
 */
package io.berth.network;
