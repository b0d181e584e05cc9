/**
 * Images in files: what {@code docker save} writes, in its old and its new form, and OCI image
 * layouts, in a directory or a tar. {@link io.berth.archive.ImageArchive} and {@link
 * io.berth.archive.ImageLayout} read, {@link io.berth.archive.ArchiveWriter} and {@link
 * io.berth.archive.LayoutWriter} write.
 */
package io.berth.archive;
