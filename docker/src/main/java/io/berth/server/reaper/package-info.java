/**
 * Cleaning up after test runs, as Testcontainers' Ryuk does: what has the labels of a session goes
 * when nobody of the session is connected any more.
 */
package io.berth.server.reaper;
