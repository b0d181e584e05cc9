/**
 * Content-addressed blobs, layer tars, and snapshots: the stacks of layers that containers run on.
 */
package io.berth.layers;
