package io.berth.runtime.launch;

/**
 * How a container ended.
 *
 * @param code its exit code; 128 and the number of the signal when one ended it
 * @param oomKilled whether the kernel killed one of its processes for want of memory
 */
public record Exit(int code, boolean oomKilled) {}
