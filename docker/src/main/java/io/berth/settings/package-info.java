/** The settings that Testcontainers' engine and the one of JUnit's extension have in common. */
package io.berth.settings;
