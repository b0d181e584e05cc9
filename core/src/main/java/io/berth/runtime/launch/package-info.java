/**
 * Starting containers through Berth's own launcher: a {@link io.berth.runtime.launch.LaunchSpec}
 * says everything that is to be done, a {@link io.berth.runtime.launch.Launcher} has it done, and a
 * {@link io.berth.runtime.launch.Monitor} is the line to the process that stays with the container.
 * The other end is the C code under {@code src/main/native}; {@code berth.h} there is the twin of
 * {@code LaunchSpec} and {@code Frame}.
 */
package io.berth.runtime.launch;
