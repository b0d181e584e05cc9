package io.berth.examples;

import io.berth.Berth;
import io.berth.api.Container;
import io.berth.api.Engine;

/** Pipes this program's input through a container, which has no network and cannot write. */
public final class PipeThrough {
  private PipeThrough() {}

  public static void main(String[] args) {
    int code;
    try (Engine berth = Berth.open();
        Container sort =
            berth
                .containers()
                .create("busybox")
                .command("sh", "-c", "sort | uniq -c")
                .readOnlyRoot(true)
                .user("nobody")
                .stdin(System.in)
                .output(System.out, System.err)
                .start()) {
      code = sort.waitForExit();
    }
    System.exit(code);
  }
}
