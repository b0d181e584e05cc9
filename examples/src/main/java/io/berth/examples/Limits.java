package io.berth.examples;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;

/** Gives a container less memory than it asks for, and sees the kernel end it. */
public final class Limits {
  private Limits() {}

  public static void main(String[] args) {
    try (Engine berth = Berth.open();
        Container greedy =
            berth
                .containers()
                .create("busybox")
                .command("sh", "-c", "tail /dev/zero")
                .memory("16m")
                .cpus(0.5)
                .pidsLimit(10)
                .start()) {
      greedy.warnings().forEach(warning -> System.out.println("warning: " + warning));
      System.out.println("exit code " + greedy.waitForExit());
      System.out.println("out of memory: " + greedy.state().oomKilled());
    }
  }
}
