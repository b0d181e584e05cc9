/** The rules of {@code docker cp}: what a copy is called and where it goes, on either end. */
package io.berth.copy;
