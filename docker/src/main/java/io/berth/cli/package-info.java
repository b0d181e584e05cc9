/**
 * The {@code berth} command: Docker's command line over {@link io.berth.api.Engine}. One class for
 * each command; flags, output and exit codes are Docker's.
 */
package io.berth.cli;
