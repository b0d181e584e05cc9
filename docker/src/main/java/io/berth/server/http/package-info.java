/**
 * HTTP/1.1 over Netty for handlers that block: each request is answered in a thread of its own,
 * which waits for a slow client while others go on; streams that leave HTTP (hijacked, WebSocket)
 * are in {@link io.berth.server.http.Duplex}. Nothing here knows the Engine API.
 */
package io.berth.server.http;
