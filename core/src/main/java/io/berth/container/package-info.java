/**
 * The {@link io.berth.api.Containers} service: what a container was made with, where its files are,
 * and its life through the {@link io.berth.runtime.launch.Launcher}. Each container has a directory
 * {@code containers/ID/}: {@code config.json} (written once), {@code monitor} (by the monitor,
 * locked as long as it lives), {@code exit} (by the monitor, at the end), {@code log.json}, {@code
 * control.sock}.
 */
package io.berth.container;
