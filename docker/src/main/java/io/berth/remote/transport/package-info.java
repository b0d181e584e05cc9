/** HTTP/1.1 to an engine: over a unix socket, TCP, TLS or ssh; also streams in both directions. */
package io.berth.remote.transport;
