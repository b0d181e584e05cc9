/**
 * What a container may do: capabilities, the system call filter, devices, and the paths of the
 * kernel that are hidden from it. The defaults are those of Docker. Everything here is data; the
 * launcher and the cgroup code apply it.
 */
package io.berth.runtime.security;
