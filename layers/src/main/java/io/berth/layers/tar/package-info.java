/**
 * Tar archives, byte-exact: ustar and PAX (POSIX.1-2017, pax), and what GNU tar adds.
 *
 * <p>Names and extended attributes are bytes, which libraries that decode PAX records as text lose;
 * so reading and writing is done here.
 */
package io.berth.layers.tar;
