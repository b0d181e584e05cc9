/**
 * Volumes: their store, the drivers that keep them, and how mounts are written as text. An
 * application adds a driver as a service of {@link io.berth.volume.VolumeDriverFactory}.
 */
package io.berth.volume;
