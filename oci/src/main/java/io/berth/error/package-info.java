/** The unchecked exceptions of Berth, all under {@link io.berth.error.BerthException}. */
package io.berth.error;
