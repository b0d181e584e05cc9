/** Sizes and durations as Docker's users write them. */
package io.berth.text;
