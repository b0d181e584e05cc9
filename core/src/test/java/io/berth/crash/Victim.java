package io.berth.crash;

import io.berth.Berth;
import io.berth.api.Engine;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The process that is killed. Arguments: operation, data directory, address of an image. Waits for
 * a line before it begins, and prints {@code done} when it has acknowledged the operation.
 */
final class Victim {
  private Victim() {}

  public static void main(String[] args) throws IOException {
    System.out.println("waiting");
    System.in.read();
    try (Engine berth = Berth.open(Path.of(args[1]))) {
      Operation.named(args[0]).act(berth, args[2]);
      System.out.println("done");
    }
  }
}
