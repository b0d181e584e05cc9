/**
 * A client of container registries (OCI distribution-spec; Docker's registry API v2): {@link
 * io.berth.registry.RegistryClient}. Each operation is a class of its own; all go through one
 * caller that owns authentication, retries, redirects and errors.
 */
package io.berth.registry;
