/**
 * The documents of the Engine API, as records with Docker's field names, for servers and clients:
 * {@link io.berth.server.wire.WireJson} reads and writes them. A field that is absent is null, or 0
 * or false; a record says which fields are left out when they are empty.
 */
package io.berth.server.wire;
