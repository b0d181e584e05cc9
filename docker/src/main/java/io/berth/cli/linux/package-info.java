/** The terminal that the command runs in, by its system calls. */
package io.berth.cli.linux;
