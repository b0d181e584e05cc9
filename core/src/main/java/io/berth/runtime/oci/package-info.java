/** Containers in the form of the OCI runtime spec, and started by the runtimes that know it. */
package io.berth.runtime.oci;
