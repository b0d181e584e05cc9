/** The endpoints of the Engine API, one class for what belongs together. */
package io.berth.server.resource;
