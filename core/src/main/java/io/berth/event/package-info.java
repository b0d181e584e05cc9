/** The journal of what happens: written by engines and monitors, read by whoever wants to know. */
package io.berth.event;
