/**
 * The images of a data directory: their names, configurations and layers, and the service that
 * imports, lists, tags and removes them.
 */
package io.berth.image;
