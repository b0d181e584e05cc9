/** Values of the OCI specifications. */
package io.berth.oci;
