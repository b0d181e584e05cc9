/**
 * Container networking. In this release: what a container finds about names in {@code /etc}, as
 * {@link io.berth.net.EtcFiles}.
 */
package io.berth.net;
