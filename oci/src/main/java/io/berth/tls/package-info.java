/** Keys and certificates of TLS connections. */
package io.berth.tls;
