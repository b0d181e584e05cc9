/** Images of a remote engine: building, transfers, archives. */
package io.berth.remote.image;
