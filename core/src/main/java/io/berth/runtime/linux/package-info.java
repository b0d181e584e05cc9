/** The system calls of the runtime, through JNA. Nothing outside this package touches JNA. */
package io.berth.runtime.linux;
