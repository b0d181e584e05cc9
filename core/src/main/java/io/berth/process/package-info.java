/** What holds for processes in containers, whatever engine runs them. */
package io.berth.process;
