/**
 * Control groups of containers, for v1, hybrid and v2 trees: finding the layout, making a group
 * with limits, reading it, killing and removing it.
 */
package io.berth.runtime.cgroup;
