/** Containers of a remote engine, and the processes that are started in them. */
package io.berth.remote.container;
