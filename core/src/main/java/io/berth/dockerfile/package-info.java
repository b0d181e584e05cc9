/**
 * Dockerfiles as values: a {@link io.berth.dockerfile.Dockerfile} is parsed from text or composed
 * in Java, and prints as text that parses to an equal one. Follows the Dockerfile reference
 * (docs.docker.com/reference/dockerfile). Nothing here reads anything but the text.
 */
package io.berth.dockerfile;
