/** Who a container's process runs as: the USER of an image, looked up in the image's own files. */
package io.berth.runtime.user;
