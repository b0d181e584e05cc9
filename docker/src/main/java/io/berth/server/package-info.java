/**
 * A server of the Docker Engine API in front of an engine: {@link io.berth.server.ApiServer}. The
 * docker command, docker-java, docker-py and docker compose speak to it unchanged.
 */
package io.berth.server;
