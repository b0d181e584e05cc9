/**
 * Engines on the other end of a connection, behind the interfaces of {@code io.berth.api}: a
 * program may talk to several, embedded and remote ones.
 */
package io.berth.remote;
