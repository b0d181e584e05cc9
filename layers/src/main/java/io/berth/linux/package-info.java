/**
 * Linux system calls with typed methods: files ({@link io.berth.linux.FileCalls}), extended
 * attributes ({@link io.berth.linux.Xattrs}), mounts ({@link io.berth.linux.Mounts}), locks ({@link
 * io.berth.linux.FileLock}) and directory trees held by descriptor ({@link
 * io.berth.linux.RootDir}).
 *
 * <p>This is the only package of the module that touches JNA. An error number becomes a {@link
 * io.berth.error.SystemCallException} that names the call and the path. Every descriptor is opened
 * close-on-exec.
 */
package io.berth.linux;
