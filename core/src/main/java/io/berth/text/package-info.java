/** Sizes, durations and keys as Docker's users write them. */
package io.berth.text;
