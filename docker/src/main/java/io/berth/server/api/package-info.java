/** What all endpoints of the Engine API share: versions, routes, errors, filters and streams. */
package io.berth.server.api;
