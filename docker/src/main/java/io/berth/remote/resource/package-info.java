/** Networks, volumes, events and disk space of a remote engine. */
package io.berth.remote.resource;
