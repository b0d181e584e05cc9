/**
 * An OCI registry to embed: {@link io.berth.registry.server.RegistryServer} answers
 * distribution-spec 1.1 over HTTP or HTTPS, from a directory.
 */
package io.berth.registry.server;
