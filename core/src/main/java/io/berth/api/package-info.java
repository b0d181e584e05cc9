/**
 * What applications call: an {@link io.berth.api.Engine} with its services, and the values that
 * they take and return. Engines are opened by {@code io.berth.Berth}.
 */
package io.berth.api;
