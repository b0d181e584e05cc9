/**
 * Values of the OCI image and distribution specifications, and of Docker's schema 2: names,
 * digests, descriptors, manifests and image configs. All are immutable and checked when made; what
 * is read from outside is read strictly, and errors name the field.
 *
 * <p>Equal values print the same bytes, but a document read from a registry and printed again need
 * not have the bytes it had, and so the digest: who passes a document on keeps its original bytes.
 */
package io.berth.oci;
