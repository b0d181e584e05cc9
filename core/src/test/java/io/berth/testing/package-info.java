/** What the integration tests share: a base image and an engine on a temporary directory. */
package io.berth.testing;
