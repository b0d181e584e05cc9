/** Small programs to copy. Each needs an image {@code busybox} and is run by the tests. */
package io.berth.examples;
