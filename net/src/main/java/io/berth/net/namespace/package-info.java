/** Network namespaces for containers, made ahead of time. */
package io.berth.net.namespace;
