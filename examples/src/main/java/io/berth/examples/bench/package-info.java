/** What {@code script/bench} measures of Berth, in a JVM that stays. */
package io.berth.examples.bench;
