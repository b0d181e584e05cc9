/**
 * Testcontainers without Docker: with this module on the class path, Testcontainers finds {@link
 * io.berth.testcontainers.BerthClientProviderStrategy} by itself.
 */
package io.berth.testcontainers;
