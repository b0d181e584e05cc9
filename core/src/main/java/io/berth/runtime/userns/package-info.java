/**
 * What an ordinary user's engine is: the root of a user namespace.
 *
 * <p>A JVM has many threads, so the kernel does not let it enter a user namespace. Its spawner (see
 * {@link io.berth.runtime.launch.NativeLauncher}) does, once, when the engine is opened, and is
 * root there: the monitors and containers that it forks are born inside, and everything that starts
 * a container is the same code as for the host's root. For files there is an {@link
 * io.berth.linux.Agent}: a fork of the spawner that does single system calls. The engine tries each
 * call itself first, which works for all that belongs to root in there, as that is its own user out
 * here; so nearly all of an image is unpacked, read and removed at full speed, and only what is
 * done to files of other ids costs a round trip to the agent. A second JVM inside would have taken
 * half a second and fifty megabytes; changing owners in a last pass would not have let a later
 * layer, or a removal, reach into another's directory.
 *
 * <p>All engines of a data directory share one namespace, so that each can enter the containers of
 * the others; it lives as long as a spawner or a monitor does. Who is in it is told by a lock on
 * {@code userns.lock}, which the kernel lets go when a process ends, however it ends (userns.c).
 *
 * <p>The user namespace owns one network namespace with the bridges of his networks, and one for
 * each container ({@link io.berth.network.OrdinaryGround}). They are made by an agent too; netlink
 * sockets that it opens in them are used here, as the user has all rights over what his namespace
 * owns.
 */
package io.berth.runtime.userns;
