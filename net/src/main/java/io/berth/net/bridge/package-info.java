/** Networks on a bridge of the host, with their rules in one nf_tables table for each engine. */
package io.berth.net.bridge;
