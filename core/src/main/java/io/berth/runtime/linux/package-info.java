/** System calls of the runtime, one class per area; nothing else of the runtime touches JNA. */
package io.berth.runtime.linux;
