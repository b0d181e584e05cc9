/** Waiting until containers are ready, whatever engine they are of. */
package io.berth.wait;
