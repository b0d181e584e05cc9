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
 * networks/uplink, alive    of an ordinary user's bridges, see Uplink
 * containers/ID/net/        for its monitor: what to take back at its end; names, ports, resolvers
 * </pre>
 *
 * <p>Names are resolved by a helper process that a container's monitor forks (helper.c, resolver.c,
 * names.c), so they are when no JVM runs. It is not the monitor itself, as it reads what the
 * container sends: it has no capabilities, and a seccomp filter lets it only read files and use IP
 * sockets. It is not hosts files either, which know no aliases that are shared, no reverse lookups
 * and no change while a program keeps them in memory. It looks names up in the files above at each
 * question and keeps nothing, so whatever an engine or a monitor changes is seen at once. The same
 * process passes on connections to published ports where no rule of the kernel's does.
 *
 * <p>Root's bridges are the host's. An ordinary user's are in a network namespace in which he is
 * root ({@link io.berth.network.OrdinaryGround}), made by the same driver.
 */
package io.berth.network;
